# Mensajes, protocolos y lo que llega a los pacientes, en español.

section-messages = Mensajes
section-messages-lead = Las palabras de textos y correos, y los días sin envíos.
messages-lead = Lo que reciben los pacientes. Ningún mensaje puede llevar un nombre, un cuestionario ni una puntuación.
message-template-invite = Cuestionario listo
message-template-reminder = Recordatorio del cuestionario
message-template-appointment = Recordatorio de cita
message-template-help = Respuesta a HELP
message-template-not_monitored = Respuesta a cualquier otro texto
message-own = sus palabras, versión { $version }
message-ours = palabras de Bellwether
message-segments = { $count ->
    [one] 1 segmento
   *[other] { $count } segmentos
}
messages-when = Cuándo salen los mensajes
messages-sender = Remitente
messages-hours = Horas
messages-unknown-hours = Zona desconocida
messages-reminder = Recordatorio
messages-fallback = Otro canal, si no se abre
messages-ends = El enlace termina
messages-after-hours = { $hours ->
    [one] después de 1 hora
   *[other] después de { $hours } horas
}
messages-no-reminder = ninguno
messages-settings = Cambiarlo en los ajustes
holidays = Días sin mensajes
holidays-lead = En estos días no se escribe a ningún paciente, según su propia zona horaria. Lo que caiga en uno sale al día siguiente; un recordatorio, el día anterior.
holidays-none = Ninguno previsto.
holiday-add = Añadir día
field-holiday = Día
field-holiday_name = Nombre
field-subject = Asunto
field-body = Texto
hint-subject = Queda a la vista en pantallas bloqueadas: solo puede llevar {"{practice}"}.
hint-body-sms = Una línea. Debe decir cómo darse de baja: STOP.
hint-body-email = {"{link}"} va solo en una línea y se convierte en botón. Cómo darse de baja se añade debajo.
message-edit = Editar
message-save = Guardar
message-preview = Vista previa
message-cost = { $segments ->
    [one] 1 segmento: { $units } de { $room } caracteres con los valores más largos.
   *[other] { $segments } segmentos: { $units } de { $room } caracteres con los valores más largos.
}
alphabet-gsm7 = Alfabeto simple.
alphabet-ucs2 = Un carácter fuera del alfabeto simple lo acorta: 70 caracteres en lugar de 160.
message-offending = No se puede usar:
message-placeholders = Lo que puede ir entre llaves
message-placeholders-why = La lista es cerrada. Nada de esto dice quién es el paciente ni qué se pregunta.
placeholder-practice = su nombre neutro
placeholder-link = el enlace de este mensaje
placeholder-phone = su número de teléfono
placeholder-emergency = el número de emergencias
placeholder-minutes = cuántos minutos lleva, más o menos
placeholder-open_until = el día hasta el que sirve el enlace
placeholder-when = día y hora de la cita
placeholder-needed = necesario
message-back = Volver a las palabras de Bellwether
message-back-lead = Sus versiones quedan registradas.
wrong-brace = Falta una llave: escriba {"{practice}"} con las dos
wrong-placeholder = Algo entre llaves no está en la lista y podría decir algo del paciente; quítelo
wrong-link-missing = Añada {"{link}"}: sin él nadie puede responder
wrong-placeholder-missing = Añada lo que está marcado como necesario
wrong-link-in-line = Ponga {"{link}"} solo en una línea
wrong-own-link = Quite la dirección: las operadoras filtran los textos con enlaces propios
wrong-opt-out = Diga cómo darse de baja: la palabra STOP
wrong-names-instrument = Nombra un cuestionario; diga “cuestionario” sin más
wrong-segments = Hágalo más corto: dos segmentos como máximo
wrong-past = Elija hoy o un día posterior
occasion-event = Suceso
occasion-discharge = Al alta
occasion-follow_up = Seguimiento

planner = Las próximas semanas
planner-lead = { $weeks } semanas desde hoy, para { $episodes ->
    [one] un episodio abierto
   *[other] { $episodes } episodios abiertos
}. Las sesiones aún sin reservar no están incluidas.
planner-week = Semana
planner-total = En total
planner-now = Ahora
planner-then = Después
planner-check-ins = Cuestionarios
planner-dropped = { $count ->
    [0] El presupuesto no deja nada fuera.
    [one] El presupuesto deja fuera un cuestionario.
   *[other] El presupuesto deja fuera { $count } cuestionarios.
}
planner-unreachable = { $count ->
    [0] Todos los envíos tienen un canal.
    [one] Un envío no tiene ningún canal que el paciente haya aceptado.
   *[other] { $count } envíos no tienen ningún canal que el paciente haya aceptado.
}
planner-others = Se pide a otras personas
planner-others-note = A otras personas no se les envía nada: se lo pide en persona quien trata al paciente.
planner-not-asked = { $count ->
    [0] Para cada línea de otras personas hay a quién preguntar.
    [one] Para una línea de otras personas no hay a quién preguntar.
   *[other] Para { $count } líneas de otras personas no hay a quién preguntar.
}
planner-moving = { $count ->
    [one] Un episodio cambiará de versión en estas semanas, como se anunció: se cuenta con cada versión durante su tiempo.
   *[other] { $count } episodios cambiarán de versión en estas semanas, como se anunció: se cuentan con cada versión durante su tiempo.
}
protocol-effect = Lo que esto preguntaría
protocol-effect-lead = Las próximas { $weeks } semanas como están y como quedarían si { $episodes ->
    [one] el único episodio abierto
   *[other] los { $episodes } episodios abiertos
} de este protocolo cambiaran hoy. Nada se ha publicado.
protocol-effect-lead-from = Las próximas { $weeks } semanas como están y como quedarían si { $episodes ->
    [one] el único episodio abierto
   *[other] los { $episodes } episodios abiertos
} de este protocolo cambiaran el { $day }. Nada se ha publicado.
protocol-scheduled = { $name }: versión { $version } desde el { $day }
protocol-scheduled-lead = Está publicada y espera su día. Hasta entonces sigue vigente la versión { $before }: los episodios nuevos empiezan con ella y los que están en curso conservan la suya.
protocol-scheduled-new = Está publicada y espera su día. Los episodios nuevos pueden empezar con ella desde el { $day }.
protocol-begin-lead = { $episodes ->
    [0] Ningún episodio abierto está en una versión anterior. Los que empiecen hasta entonces también cambiarán, una vez dado el motivo.
    [one] Un episodio abierto conserva su versión también entonces, si no dice por qué cambia.
   *[other] { $episodes } episodios abiertos conservan su versión también entonces, si no dice por qué cambian.
}
protocol-begin-do = Cambiar en la primera sesión desde entonces
protocol-begin-moves = Los episodios en curso cambian a ella en su primera sesión desde entonces, { $episodes } tal como están las cosas:
field-begin_reason = Por qué cambian entonces los episodios en curso
protocol-withdraw = Anular esta versión
confirm-protocol-withdraw = ¿Anular la versión { $version } de { $name }? La vigente sigue.
field-in_force_from = Vigente desde
hint-in_force_from = Vacío: desde hoy. Hasta un día posterior, los episodios nuevos empiezan con la versión anterior.
protocol-published = publicada el { $day }
protocol-from = desde el { $day }
protocol-state-scheduled = Espera su día
protocol-state-current = Vigente
protocol-state-retired = Ya no vigente
protocol-state-withdrawn = Anulada antes de su día
wrong-others-rhythm = A otras personas solo se les pregunta con el episodio abierto, y sus puntuaciones no son una remisión: elija otro momento o final
wrong-too-far = Elija un día dentro de un año a partir de hoy
wrong-scheduled = Ya hay una versión publicada de este protocolo que espera su día; anúlela antes
wrong-begun = Ya está vigente o se anuló; publique otra versión
protocol-preview = Ver lo que preguntaría
protocol-move = Pasar los episodios en curso a la versión { $version }
protocol-move-lead = { $episodes ->
    [one] Un episodio abierto está en una versión anterior.
   *[other] { $episodes } episodios abiertos están en versiones anteriores.
} { $waiting ->
    [0] Ninguno está en camino.
    [one] Uno cambia en su próxima sesión.
   *[other] { $waiting } cambian en su próxima sesión.
}
protocol-differences = Lo que cambia de la versión { $since } a la { $version }
protocol-differences-none = Nada: pregunta lo mismo.
protocol-move-do = Cambiar en la próxima sesión
field-move_reason = Motivo
hint-move_reason = Queda con cada episodio que cambia.
field-apply_reason = Motivo para pasarlos ahora
protocol-file = El protocolo como archivo
protocol-as-file = Como archivo
protocol-file-line = La línea { $line } no se puede leer:
field-protocol_file = Archivo
hint-protocol_file = Lo que se publica aquí es la siguiente versión del protocolo de ese nombre.
lines-further = Otras líneas
lines-further-lead = Otros ritmos, condiciones y líneas que terminan.
line-n = Línea { $number }
line-none = ninguno
line-any = cualquiera
line-more = Condiciones, prioridad, fin
line-at-remission = Termina en la remisión y vuelve a empezar si la puntuación sale de ella
field-line_rhythm = Cuándo
field-line_rater = Quién responde
line-by-client = responde el paciente
line-by-clinician = responde el profesional
line-by-parent = responde el padre o la madre
line-by-partner = responde la pareja
line-by-caregiver = responde alguien cercano al paciente
field-line_number = Número
field-line_from = Desde la sesión
field-line_weight = Peso
field-line_priority = Prioridad, de 1 a 9
field-line_from_age = Desde la edad
field-line_to_age = Hasta la edad
field-line_language = Idioma
line-only = Si no marca nada, se pregunta a todas las personas. Las marcas de una lista son alternativas; debe cumplirse cada lista que tenga alguna.
field-line_site = Solo en estas sedes
field-line_programme = Solo en estos programas
field-line_problem = Solo en terapia por
field-line_consented = Solo a quienes aceptaron cuestionarios por
field-line_times = Termina tras tantas respuestas
weight-core = básico
weight-supplemental = complementario
line-rhythm-intake = al ingreso
line-rhythm-before_session = antes de cada (número) sesión
line-rhythm-after_session = después de cada (número) sesión
line-rhythm-every_days = cada (número) días
line-rhythm-every_weeks = cada (número) semanas
line-rhythm-every_months = cada (número) meses
line-rhythm-discharge = al alta
line-rhythm-follow_up = (número) meses después del alta
line-rhythm-no_show = tras una sesión perdida
line-rhythm-case_opened = al abrirse un caso
line-says-intake = al ingreso
line-says-before_session = { $number ->
    [one] antes de cada sesión
   *[other] antes de una de cada { $number } sesiones
}
line-says-after_session = { $number ->
    [one] después de cada sesión
   *[other] después de una de cada { $number } sesiones
}
line-says-every_days = { $number ->
    [one] cada día
   *[other] cada { $number } días
}
line-says-every_weeks = { $number ->
    [one] cada semana
   *[other] cada { $number } semanas
}
line-says-every_months = { $number ->
    [one] cada mes
   *[other] cada { $number } meses
}
line-says-discharge = al alta
line-says-follow_up = { $number ->
    [one] un mes después del alta
   *[other] { $number } meses después del alta
}
line-says-no_show = tras una sesión perdida
line-says-case_opened = al abrirse un caso
line-says-budget = { $number } preguntas en siete días como máximo
budget = Presupuesto de siete días
budget-lead = Por encima, se dejan fuera líneas complementarias, primero las de número de prioridad más alto. Las básicas y las metas del propio paciente se preguntan siempre; las metas también cuentan. Vacío: sin límite.
field-budget_items = Preguntas
field-budget_seconds = Segundos
wrong-file = El archivo no se puede leer; la línea se indica abajo
wrong-no-supplemental = Un presupuesto necesita al menos una línea complementaria que pueda quedar fuera
wrong-only-protocol = Es el único vigente y un episodio nuevo necesita uno; publique antes otro con su propio nombre y hágalo predeterminado
wrong-default-protocol = Los episodios nuevos empiezan con este; haga antes predeterminado otro y retírelo después

planner-title = Plan y excepciones
plan-lead = { $protocol }, versión { $version }. Las próximas { $weeks } semanas; las sesiones aún sin reservar no están incluidas.
plan-ahead = Por venir
plan-out = Ya lo tiene la persona
plan-empty = No hay nada previsto: no hay ninguna sesión por venir y nada vence.
plan-dropped = { $instrument } queda fuera: con él, siete días tendrían { $items } preguntas de { $budget }.
plan-goals = { $count ->
    [one] una pregunta sobre su propia meta
   *[other] { $count } preguntas sobre sus propias metas
}
plan-load = como mucho { $questions } preguntas, unos { $minutes } min
plan-dropped-seconds = { $instrument } queda fuera: con él, siete días tendrían { $seconds } s de preguntas de { $budget }.
plan-dropped-goals = { $count ->
    [one] Una de las preguntas es sobre una meta del propio paciente; esa siempre queda.
   *[other] { $count } de las preguntas son sobre las metas del propio paciente; esas siempre quedan.
}
plan-others-lead = Lo que el protocolo pregunta a otras personas. No se les envía nada: valórelo usted o entregue la tarjeta.
plan-others-due = Pendiente ahora
not-asked-no_clinician = No se pregunta: el episodio no tiene profesional.
not-asked-nobody_agreed = No se pregunta: no se ha acordado preguntar a nadie así.
not-asked-language = No se pregunta: no existe en el idioma de la persona acordada.
not-asked-instrument = No se pregunta: el cuestionario no se puede usar ahora.
plan-moves = Versiones
plan-move = De la versión { $before } a la { $after }
plan-move-done = desde el { $day }
plan-move-waits = en la próxima sesión
plan-move-from = en la primera sesión desde el { $day }
exceptions = Excepciones
exceptions-none = A este paciente se le pregunta lo que dice el protocolo.
exception-skip = Sin
exception-add = Además
exception-until = hasta el { $day }
exception-over = terminada
exception-end = Retirar
exception-add-do = Registrar excepción
field-exception_what = Qué cambia
field-exception_instrument = Cuestionario
field-exception_rater = Quién responde
hint-exception_rater = A las demás personas no se les envía nada.
field-exception_rhythm = Cuándo se pregunta
field-exception_number = Número
field-exception_from = Desde la sesión
field-exception_times = Termina tras tantas respuestas
field-exception_reason = Motivo
field-exception_until = Hasta
exception-cadence = Solo si se añade uno:
hint-exception_until = Vacío: hasta que se retire.

other-ways = Sin mensaje
way-here = En este dispositivo
way-card = Tarjeta con código
way-paper = Imprimir las preguntas
way-enter = Introducir respuestas
confirm-here = Se cerrará su sesión en este dispositivo y el paciente podrá empezar. ¿Continuar?
entry-title = Introducir respuestas
entry-how = Cómo llegaron las respuestas
entry-declined = prefirió no responder
entry-only-after = Preguntas adicionales: solo si { $name } sumó { $least } puntos o más. Las respuestas de { $name } también cuentan aquí. Déjelas en blanco si no se hicieron.
entry-rule = Lo que queda en blanco cuenta como no respondido. Una respuesta sobre peligro avisa enseguida a las personas responsables, como si la hubiera enviado el paciente.
entry-do = Registrar las respuestas
field-mode = Por
mode-paper = papel
mode-phone = teléfono
field-answered_on = Dadas el
field-answered_at = A las
field-answers = Respuestas
hint-answered_on = El día en que el paciente las dio, no el día en que se escriben.
wrong-answer = Elija una de las respuestas o escriba un número dentro del intervalo
card-title = Tarjeta con código
card-lead = Imprímala o deje que el paciente la escanee en la pantalla. No nombra a nadie; quien la tenga puede responder.
card-back = Volver al paciente
card-code = El enlace como código
card-until = Sirve hasta el { $day }
paper-title = Preguntas en papel
paper-lead = Son sus respuestas. No las hay buenas ni malas.
paper-only-after = Para quien entrega este papel: solo hace falta si las respuestas a { $name } suman { $least } puntos o más.
paper-name = Nombre:
paper-date = Fecha:
paper-crisis = Si está en peligro o piensa en hacerse daño:

way-code = Código para el quiosco
kiosks = Quioscos
kiosks-lead = Tabletas en la sala de espera. Un código abre un cuestionario; la pantalla se borra al cabo de un minuto y cuando se envían las respuestas.
kiosks-none = Ninguno todavía.
kiosk-add = Preparar un quiosco
kiosk-revoke = Retirar
kiosk-locked-until = no acepta códigos hasta las { $time }
kiosk-pairing = Emparejar «{ $name }»
kiosk-pairing-how = En menos de una hora, escríbalo en el dispositivo, en
field-kiosk_name = Nombre
kiosk-card-title = Código para el quiosco
kiosk-card-lead = Abre solo este cuestionario, en cualquier quiosco de la consulta.
kiosk-card-standing = El código propio del paciente: abre lo que esté pendiente. El anterior ya no sirve. Solo se muestra esta vez.
kiosk-own = Código propio
kiosk-own-lead = Para pacientes que vienen a menudo y usan el quiosco: un código que se queda.
kiosk-own-do = Crear un código nuevo

delivery-title = Entrega
delivery-lead = Hasta dónde llegaron los cuestionarios de un periodo, desde que se planificaron hasta que se entregaron, y dónde se detuvieron.
delivery-by-channel = Canal
delivery-by-site = Sede
delivery-by-language = Idioma
delivery-by-reminder = Recordatorios enviados
field-from = Primer día
field-until = Último día
field-by = Agrupar por
delivery-show = Mostrar
delivery-funnel = De planificado a entregado
delivery-all = Todos
delivery-share = ({ $share } %)
delivery-how = Los porcentajes son de los planificados. Un mensaje cuenta como recibido cuando lo dice el proveedor; un correo, cuando lo acepta el servidor. Abierto quiere decir que se pulsó Empezar. Un cuestionario dado en persona se entrega sin haberse enviado.
delivery-none = No se planificó ningún cuestionario en este periodo.
delivery-in-person = Dado en persona
delivery-reminders-0 = ninguno
delivery-reminders-1 = uno
delivery-leaks = Dónde se perdieron los demás: el informe de pérdidas
stage-planned = Planificados
stage-sent = Enviados
stage-delivered = Recibidos
stage-opened = Abiertos
stage-started = Respondidos
stage-completed = Entregados
