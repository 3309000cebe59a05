# Lo que lee el equipo en sus páginas, en español.

# Around every page
demo-banner = Consultorio de demostración. Nadie aquí existe y nada sale de esta máquina: los correos y mensajes van a la bandeja.
nav-tasks = Tareas
find-label = Buscar un paciente
find-button = Buscar
idle-warning = La sesión se cerrará en dos minutos por inactividad. Si continúa, lo que escribió se conserva.
idle-stay = Seguir en la sesión
copy = Copiar
copied = Copiado
print = Imprimir
edit = Editar datos
record = Registrar
save = Guardar
cancel = Cancelar
choose-one = Elija …
never = Nunca
none-planned = Ninguna prevista
not-answered = Sin respuesta
by-system = Sistema
due-past = Venció
due-ahead = Vence
next-session = Próxima sesión: { $when }
next-session-none = Sin próxima sesión
pager-label = Páginas
pager-range = { $from }–{ $until } de { $total }
pager-previous = Anteriores
pager-next = Siguientes

# Said once after something was done
flash-saved = Guardado.
flash-check-in-sent = El cuestionario va en camino.
flash-check-in-withdrawn = El cuestionario se retiró. Su enlace ya no funciona.
flash-case-acknowledged = Usted tomó el caso. No se llamará a nadie más por él.
flash-case-step-recorded = Registrado en el caso.
flash-case-closed = El caso está cerrado.
flash-risk-disposed = El desenlace del motivo de riesgo quedó registrado.
flash-reassigned = Reasignado. Se avisó a la persona nueva.
flash-discharged = El episodio terminó. Los cuestionarios abiertos se retiraron.
flash-appointment-saved = La cita se guardó y sus cuestionarios se planificaron de nuevo.
flash-consent-recorded = La decisión quedó registrada.
flash-task-done = Tarea hecha.
flash-invite-sent = La invitación va en camino.
flash-deactivated = La cuenta ya no puede iniciar sesión.
flash-protocol-published = La versión nueva rige para los episodios nuevos.
flash-protocol-scheduled = Publicada. Entra en vigor en su día; hasta entonces se puede anular.
flash-protocol-beside = Está vigente. Los episodios nuevos empiezan con el predeterminado, salvo que alguien elija este.
flash-wording-confirmed = La redacción está confirmada y puede usarse.
flash-nothing-changed = No había diferencias; no se cambió nada.
flash-check-in-already-out = Ya hay un cuestionario enviado, así que no se envió nada. «Enviar de nuevo», a su lado, manda un enlace nuevo.
flash-check-in-underway = La persona está respondiendo este cuestionario, así que no se envió nada.
flash-not-possible = Eso ya no se puede hacer. La página muestra cómo están las cosas ahora.

# Sign-in and what comes before it
login-title = Iniciar sesión
login-button = Entrar
login-forgot = ¿Olvidó su contraseña o perdió su teléfono? Pida un enlace nuevo a su administrador.
login-demo = Cuentas de demostración
refused-mismatch = El correo y la contraseña no corresponden.
refused-too_many = Hubo demasiados intentos. Espere 15 minutos e inténtelo de nuevo.
left-signed_out = Cerró la sesión.
left-idle = La sesión se cerró por inactividad.
left-age = La sesión llegó a su duración máxima. Inicie sesión otra vez.
left-changed = La sesión se cerró porque cambió su contraseña o su segundo factor.
factor-title = Segundo paso
factor-hint = Los seis dígitos de su aplicación de autenticación o uno de sus códigos de recuperación
factor-button = Continuar
factor-lost = Cada código de recuperación sirve una vez. Sin aplicación ni códigos, pida a su administrador empezar de nuevo.
enrol-title = Configurar el segundo paso
enrol-lead = Desde ahora, para entrar hacen falta su contraseña y un código de una aplicación en su teléfono.
enrol-scan = Escanee esto con su aplicación de autenticación.
enrol-qr = Código QR para la aplicación de autenticación
enrol-type = ¿No puede escanear? Escriba esta clave
enrol-confirm = Escriba los seis dígitos que muestra la aplicación ahora.
enrol-button = Confirmar
recovery-title = Sus códigos de recuperación
recovery-lead = Cada uno sirve una vez si no tiene su teléfono. Se muestran solo ahora: imprímalos o guárdelos en un gestor de contraseñas.
recovery-done = Ya los guardé
choose-title = Elegir una contraseña
choose-lead = { $name }: iniciará sesión con { $email }.
choose-button = Guardar y continuar
password-hint = Al menos 12 caracteres. Una frase se recuerda mejor que los símbolos.
door-signed-out = Sesión cerrada
door-signed-out-lead = En una computadora compartida, cierre también el navegador.
door-link-over = Este enlace ya se usó o venció
door-link-over-lead = Inicie sesión con su contraseña o pida un enlace nuevo a su administrador.
door-setup-done = Este consultorio ya está configurado
door-setup-done-lead = La dirección de configuración sirve una vez. Inicie sesión para continuar.
setup-title = Configurar su consultorio
setup-lead = Cinco minutos ahora; todo puede cambiarse después en Administración.
setup-practice = El consultorio
setup-owner = Usted, responsable del consultorio
setup-treats = También atiendo pacientes
setup-button = Crear el consultorio
setup-next = Después: el segundo paso de su inicio de sesión, los recursos de crisis e invitar a su equipo.

# Today
today-title = Hoy
today-cases = Casos
today-cases-none = No hay casos abiertos. Un caso aparece aquí cuando una respuesta pide atención: peligro, fuera de curso o silencio.
today-sessions = Sesiones
today-sessions-none = Hoy no hay sesiones. Con cada sesión verá aquí si su cuestionario está hecho.
today-others = Cómo lo ven otros: pendiente
today-attention = Para tener en cuenta
today-attention-none = Nadie está fuera de curso ni en silencio. Quien lo esté aparecerá aquí con el motivo.
today-nothing = No hay nada pendiente para usted
check-in-done = Hecho: { $when }
check-in-answering = Contestando ahora: { $answered } de { $total }
check-in-part_done = A medias: { $answered } de { $total }
check-in-sent = Enviado, sin empezar
check-in-not_sent = Sin enviar
check-in-planned = Se enviará: { $when }
check-in-expired = Perdido
check-in-none = Sin cuestionario
send-now = Enviar ahora
send-again = Reenviar
withdraw = Retirar

# States and reasons
signal-red = Fuera de curso
signal-amber = Atención
signal-green = En curso
signal-blue = Recuperación
signal-grey = Faltan datos
level-urgent = Riesgo: urgente
level-review = Riesgo: revisar
level-routine = Seguimiento
trend-reliably_better = mejora fiable
trend-better = mejor
trend-same = igual
trend-worse = peor
trend-reliably_worse = empeoramiento fiable
alliance-drop = Bajó la valoración
alliance-low = Valoración baja
rule-risk_item = Respuesta sobre peligro
rule-risk_unknown = Pregunta sobre peligro omitida
rule-reliable_deterioration = Empeoramiento fiable
rule-worse_than_best = Peor que el mejor puntaje
rule-no_improvement = Aún sin mejora
rule-silence = Silencio
rule-alliance_drop = Valoración de la sesión
rule-amendment = Dos respuestas distintas
rule-scoring_failed = Sin puntaje
reason-risk_item = { $instrument }, «{ $item }»: { $answer } ({ $value })
reason-risk_unknown = { $instrument }, «{ $item }» quedó sin respuesta: no se sabe, no es un «no»
reason-reliable_deterioration = { $instrument } { $value }, { $change } desde el primer puntaje de { $reference } (fiable desde { $threshold })
reason-worse_than_best = { $instrument } { $value }, { $change } desde el mejor puntaje de { $reference } (fiable desde { $threshold })
reason-no_improvement = { $instrument } { $value } en la sesión { $session }: sin mejora fiable desde { $reference }
reason-silence = { $ahead ->
    [nothing] Sin próxima cita; cuestionarios perdidos seguidos: { $missed }
   *[other] { $missed } cuestionarios perdidos seguidos
}
reason-alliance_drop = { $instrument } { $value } después de { $reference }: pregunte cómo se sintió en la sesión
reason-amendment = Dos dispositivos enviaron respuestas distintas; se guardan las dos
reason-scoring_failed = Las respuestas de { $instrument } se guardaron, pero no se pudo calcular el puntaje
short-risk_item = { $instrument }, pregunta sobre peligro: { $value }
short-risk_unknown = { $instrument }, pregunta sobre peligro omitida
short-reliable_deterioration = { $instrument } { $change } desde el primer puntaje
short-worse_than_best = { $instrument } { $change } desde el mejor puntaje
short-no_improvement = Sin mejora fiable en la sesión { $session }
short-silence = { $ahead ->
    [nothing] Sin próxima cita, cuestionarios perdidos: { $missed }
   *[other] { $missed } cuestionarios perdidos
}
short-alliance_drop = { $instrument } { $value } después de { $reference }
short-amendment = Dos respuestas distintas
short-scoring_failed = { $instrument } sin puntaje
and-more = { $count ->
    [one] y { $count } más
   *[other] y { $count } más
}
case-state-open = Abierto
case-state-acknowledged = Tomado
case-state-reviewed = Revisado
case-state-discussed = Conversado
case-state-decided = Decidido
case-state-closed = Cerrado
owner-you = Suyo
owner-is = A cargo de { $name }
case-acknowledge = Lo tomo
case-look = Abrir caso

# Channels, messages, check-ins, appointments, consents
channel-sms = SMS
channel-email = Correo
message-invite = Enlace del cuestionario
message-reminder = Recordatorio
message-new_link = Enlace nuevo
message-case_notice = Aviso de caso
message-risk_notice = Aviso de riesgo
message-escalation = Escalamiento
message-staff_invite = Invitación al equipo
message-auto_reply = Respuesta automática
standing-planned = previsto
standing-queued = espera su turno
standing-sending = enviándose
standing-accepted = enviado
standing-delivered = entregado
standing-undelivered = no entregado
standing-failed = no se pudo enviar
standing-cancelled = no enviado
standing-unknown = resultado desconocido
message-code = código { $code }
message-text = Texto del mensaje
cancelled-no_consent = sin consentimiento para este canal
cancelled-opted_out = el número pidió no recibir más
cancelled-no_address = sin dirección registrada
cancelled-packet_closed = el cuestionario ya había terminado
cancelled-discharged = el episodio terminó
cancelled-quiet_hours = las horas de silencio no dejaron tiempo
cancelled-acknowledged = alguien tomó el caso antes
cancelled-recipient = la persona ya no puede recibirlo
occasion-intake = Primer cuestionario
occasion-before_session = Antes de la sesión
occasion-after_session = Después de la sesión
occasion-regular = Periódico
occasion-on_request = A pedido
packet-planned = previsto
packet-open = abierto
packet-completed = completado
packet-expired = perdido
packet-withdrawn = retirado
appointment-scheduled = Programada
appointment-attended = Asistió
appointment-cancelled = Cancelada a tiempo
appointment-late_cancelled = Cancelada tarde
appointment-no_show = No se presentó
purpose-check_in = Cuestionarios
purpose-appointment = Recordatorios de citas
consent-given = de acuerdo
consent-withdrawn = retirado
consent-none = nunca se preguntó
consent-give = Registrar acuerdo
consent-withdraw = Registrar retiro
consent-wording = texto { $version }
consent-source-import = de una importación
consent-source-staff = registrado por el equipo
consent-source-client = por el paciente
consent-source-keyword = por un mensaje como STOP

# Caseload and search
caseload-total = { $total ->
    [one] { $total } paciente; primero quienes necesitan atención
   *[other] { $total } pacientes; primero quienes necesitan atención
}
caseload-filtered = { $total } de { $all } pacientes
caseload-empty = No tiene pacientes todavía
caseload-empty-lead = Los pacientes aparecen aquí cuando se le asigna un episodio. Lo hace recepción o administración.
caseload-none-found = Ningún paciente coincide con estos filtros.
caseload-no-scores = Sin puntajes todavía
caseload-case = Caso abierto
caseload-risk = Caso de riesgo abierto
column-name = Paciente
column-attention = Estado
column-scores = Últimos puntajes
column-last = Ahora, desde el inicio
column-sessions = Sesiones
column-completed = Último cuestionario
column-next = Próxima sesión
filter-signal = Estado
filter-clinician = Terapeuta
filter-site = Sede
filter-button = Mostrar
filter-clear = Quitar filtros
signal-filter-all = Todos
signal-filter-red = Fuera de curso
signal-filter-amber = Atención
signal-filter-green = En curso
signal-filter-blue = Recuperación
signal-filter-grey = Faltan datos
search-title = Búsqueda
search-found = { $count ->
    [one] { $count } paciente encontrado
   *[other] { $count } pacientes encontrados
}
search-none = No se encontró a nadie
search-none-lead = Pruebe con parte del nombre, el teléfono o el correo. Solo se busca entre los pacientes que usted puede ver.

# Charts
chart-title = { $name }: puntajes por sesión
chart-desc-lower = Escala de { $lowest } a { $highest }; más bajo es mejor.
chart-desc-higher = Escala de { $lowest } a { $highest }; más alto es mejor.
chart-desc-last = Último puntaje: { $value } el { $day }. Todos los valores están en la tabla de abajo.
chart-lower = más bajo es mejor
chart-higher = más alto es mejor
chart-cutoff = Corte { $value }
chart-bracket = Corchete: un cambio es fiable desde { $points } puntos
chart-missed = { $count ->
    [one] ○ { $count } cuestionario perdido
   *[other] ○ { $count } cuestionarios perdidos
}
chart-missed-at = Sesión { $session }, { $day }: perdido
chart-point = Sesión { $session }, { $day }: { $value }
chart-last-scores = Últimos puntajes: { $scores }
chart-table = { $name } en una tabla
chart-session = Sesión
chart-day = Día
chart-score = Puntaje
chart-change = Desde el inicio
chart-band = Rango
chart-row-missed = perdido
heat-title = Respuestas por pregunta
heat-caption = { $name }: últimas respuestas por pregunta
heat-item = Pregunta
heat-moved = Cambio

# The client page
client-called = le dicen { $name }
client-age = { $age } años
client-unassigned = Sin terapeuta asignado
client-since = En atención desde el { $when }
client-discharged = Alta: { $when }
contact-phone = Teléfono
contact-email = Correo
contact-emergency = En una emergencia
contact-emergency-none = Sin contacto de emergencia registrado
contact-guardian = Los mensajes van a
client-send = Enviar cuestionario ahora
client-printed = Impreso por { $who }; datos de ese momento
client-glance = De un vistazo
changed = { $instrument } pasó de { $from } a { $to } desde la última vez:
changed-moved = Lo que más cambió: { $items }.
client-cases = Casos
client-cases-closed = { $count ->
    [one] Un caso cerrado
   *[other] { $count } casos cerrados
}
case-of = Caso del { $day }
case-closed-on = cerrado: { $when }
client-no-scores = Sin puntajes todavía
client-no-scores-lead = Después del primer cuestionario verá aquí el curso de cada instrumento, con su punto de corte y lo que cambió.
risk-title = { $instrument }: pregunta sobre peligro
risk-unknown = Sin respuesta: no se sabe
risk-changed = cambió antes de enviar
client-timeline = Cronología
client-timeline-earlier = { $count ->
    [one] Una entrada anterior
   *[other] { $count } entradas anteriores
}
client-timeline-none = Nada todavía. Aquí se verán mensajes, cuestionarios, sesiones y casos, también los previstos.
timeline-planned = previsto
timeline-check-in = Cuestionario ({ $occasion }): { $state }
timeline-session = Sesión con { $with }: { $state }
timeline-case = Caso
timeline-consent = Consentimiento, { $purpose } por { $channel }: { $state }
timeline-assigned = Asignado a { $to }
timeline-started = Empezó el episodio
timeline-discharged = Alta: { $reason }
snippet-title = Para su nota
client-packets = Cuestionarios
client-packets-earlier = { $count ->
    [one] Un cuestionario anterior
   *[other] { $count } cuestionarios anteriores
}
client-packets-none = Ninguno todavía. Se planifican según el protocolo y las citas.
client-appointments = Citas
client-appointments-none = Ninguna todavía.
appointment-add = Agregar una cita
appointment-state = Qué pasó: { $when }
client-consents = Consentimientos
reassign-title = Pasar a otro terapeuta
reassign-hint = El caso abierto, si lo hay, pasa también.
reassign-button = Pasar
discharge-title = Terminar el episodio
discharge-hint = Los cuestionarios abiertos se retiran; el expediente se conserva.
discharge-button = Terminar el episodio
discharge-case = El caso abierto
discharge-completed = Metas cumplidas, de común acuerdo
discharge-dropped_out = Dejó la terapia sin acuerdo
discharge-referred = Derivación a otro lugar
discharge-moved = Mudanza o cambio de seguro
discharge-died = Fallecimiento
discharge-other = Otro
confirm-withdraw = ¿Retirar este cuestionario? Su enlace dejará de funcionar.
confirm-discharge = ¿Terminar el episodio ahora?

# The case page
case-title = Caso
case-heading = Caso: { $client }
case-opened = abierto: { $when }
case-reasons = Por qué está abierto
case-history = Lo que se hizo
case-missing = Antes de poder cerrarlo
case-missing-none = No falta nada.
missing-acknowledgement = Que alguien lo tome
missing-review = Que se revisen las respuestas
missing-decision = Que se registre una decisión
missing-disposition = Que cada motivo de riesgo tenga desenlace
reason-raised = Surgió: { $when }
reason-acknowledged = tomado por { $who }
reason-unacknowledged = nadie lo ha tomado
reason-acknowledge = Lo tomo
reason-acknowledge-hint = Detiene las llamadas a la siguiente persona.
dispose-title = Cómo terminó
dispose-hint = Qué hizo y con quién habló. Se guarda en el caso.
dispose-button = Registrar el desenlace
disposition-safety_plan = Se habló con el paciente; plan de seguridad hecho o renovado
disposition-assessed_safe = Se evaluó; sin peligro agudo
disposition-higher_care = Se organizó un nivel de atención más alto
disposition-emergency = Intervinieron servicios de emergencia
disposition-unreachable = No se le pudo localizar; intentos documentados
answered-score = Puntaje: { $score }
answered-no-score = Sin puntaje: no se envió o faltan demasiadas respuestas
case-review = Ya lo revisé
case-discuss = Conversado con el paciente
decide-title = Decidir
decide-hint = Por qué, en una o dos frases
decide-button = Registrar la decisión
decision-plan_changed = Cambió el plan
decision-no_change = Sin cambio, con motivo
decision-referred = Derivación
case-close = Cerrar el caso
case-reassign = Pasar el caso
case-told = A quién se avisó
case-told-none = No hubo que avisar a nadie.
told-together = con todo lo que espera, en un correo al día
told-tier = escalón { $tier }
note-title = Agregar una nota
note-button = Agregar la nota
conflict-by = { $name } cambió este caso a las { $at }, mientras usted escribía:
conflict-system = Este caso cambió a las { $at }, mientras usted escribía:
conflict-what = Lo que ve ahora ya lo incluye. Su paso no se registró; mire de nuevo y repítalo si todavía corresponde.
step-opened = Abierto
step-reason_added = Se agregó un motivo
step-notified = Aviso
step-escalated = Se llamó a la siguiente persona
step-acknowledged = Tomado
step-reviewed = Revisado
step-discussed = Conversado con el paciente
step-decided = Decidido
step-disposed = Desenlace de un motivo de riesgo
step-reassigned = Reasignado
step-noted = Nota
step-closed = Cerrado

# Supervision and tasks
supervision-lead = Las personas que usted supervisa, en orden alfabético.
supervision-cases = Casos abiertos
supervision-cases-none = No hay casos abiertos entre las personas que supervisa.
supervision-people = Personas que supervisa
supervision-clients = Pacientes
supervision-open = Casos abiertos
supervision-risk = Con riesgo
supervision-overdue = Vencidos
supervision-off-track = Fuera de curso
supervision-silent = Perdieron 2 o más
supervision-fair = Los números muestran dónde hace falta ayuda ahora. Dependen de a quién se deriva cada paciente y no dicen quién es mejor.
supervision-empty = Hoy no supervisa a nadie
supervision-empty-lead = Administración registra quién supervisa a quién y desde cuándo hasta cuándo. Sus casos abiertos aparecerán aquí.
tasks-title = Tareas
tasks-lead = Lo que llegó por sí solo y necesita a una persona en recepción.
tasks-open = Por hacer
tasks-done = Hechas hace poco
tasks-none = Nada por hacer. Aquí aparecerán bajas, respuestas y mensajes no entregados.
task-done = Marcar como hecha
task-done-by = Hecha por { $who }
task-opted_out = Pidió no recibir más mensajes
task-opted_out-todo = En el próximo contacto, pregunte cómo prefiere que se le contacte y regístrelo.
task-inbound_text = Respondió por mensaje
task-inbound_text-todo = Llame. El mensaje no se guarda; se avisó que nadie lee ese número.
task-undeliverable = No se le pudo contactar
task-undeliverable-todo = Verifique el teléfono y el correo.
task-unknown_outcome = Quizá el mensaje no salió
task-unknown_outcome-todo = Pregunte si llegó; si no, reenvíe desde la página del paciente. Nunca se envía dos veces por sí solo.
task-amendment = Dos respuestas distintas
task-amendment-todo = Dos dispositivos enviaron el mismo cuestionario con respuestas distintas. Avise al terapeuta.
task-look_alike = Quizá la misma persona
task-look_alike-todo = Una importación encontró dos pacientes con el mismo nombre y fecha de nacimiento. Compárelos; nada se une por sí solo.

# Outbox
outbox-lead = Lo que esta demostración habría enviado. Nada sale de la máquina; los enlaces funcionan.
outbox-all = Todos
outbox-clients = A pacientes
outbox-staff = Al equipo
outbox-empty = Todavía no se envió nada
outbox-empty-lead = Envíe un cuestionario desde la página de un paciente y aparecerá aquí en un par de segundos.

# Errors
staff-error-forbidden = Esto no forma parte de su función
staff-error-forbidden-lead = No se mostró ni se cambió nada. Si lo necesita para su trabajo, hable con administración.
staff-error-not-found = Aquí no hay nada
staff-error-not-found-lead = Puede que la dirección esté mal escrita o que lo que mostraba no esté entre lo que usted puede ver.
staff-error-conflict = Alguien se adelantó
staff-error-conflict-lead = Esto cambió mientras tenía la página abierta. No se registró nada suyo. Vuelva, mire otra vez y repita lo que todavía corresponda.
staff-error-invalid = No pudimos leer eso
staff-error-invalid-lead = Faltaba algo en el formulario o llegó dañado. Vuelva e inténtelo otra vez.
staff-error-stale = Esta página estuvo abierta demasiado tiempo
staff-error-stale-lead = Su formulario ya no es válido y no se registró nada. Cargue la página de nuevo y repita.
staff-error-too-many = Un momento, por favor
staff-error-too-many-lead = Hubo muchas solicitudes en poco tiempo. Espere un minuto e inténtelo de nuevo.
staff-error-broken = Algo falló de nuestro lado
staff-error-broken-lead = Lo anterior está guardado; quizá este último paso no. Verifique e inténtelo en un minuto.
staff-error-back = Volver
staff-error-reference = Si informa de esto, dé el número { $reference }.

# Fields of forms, and what can be wrong with them
desk-problem = Hay un problema
field-email = Correo electrónico
field-password = Contraseña
field-password_again = La contraseña otra vez
field-code = Código
field-practice = Nombre del consultorio
field-display_name = Nombre que ven los pacientes
hint-display_name = Neutro, como máximo 30 caracteres, letras simples: encabeza cada mensaje.
field-site = Sede
hint-site = El lugar donde trabajan; después se pueden agregar más.
field-zone = Zona horaria
field-phone = Teléfono
hint-practice_phone = El número al que los pacientes pueden llamar.
field-owner_name = Su nombre
field-date = Día
field-starts = Empieza
field-minutes = Minutos
field-clinician = Terapeuta
field-owner = Nueva persona a cargo
field-reason = Motivo
field-note = Nota
field-decision = Decisión
field-disposition = Desenlace
wrong-required = Complete este dato
wrong-choose = Elija una opción
wrong-too-long = Acórtelo
wrong-email = Escriba un correo como ana@ejemplo.org
wrong-phone = Escriba un teléfono con código de área, como (555) 010-0134
wrong-date = Escriba un día que exista
wrong-time = Escriba una hora como 14:30
wrong-local-time = Ese día cambia la hora y esta hora no existe o se repite; elija otra
wrong-number = Escriba un número entero dentro de los límites
wrong-zone = Elija una zona horaria de la lista
wrong-taken = Ya lo usa otra persona; use otro
wrong-order = Termina antes de empezar; cambie uno de los dos
wrong-password-short = Use al menos 12 caracteres
wrong-password-known = Es fácil de adivinar; elija otra
wrong-password-differs = Las dos contraseñas son distintas; escríbalas de nuevo
wrong-code = Este código no es correcto; escriba el que muestra ahora la aplicación
wrong-address = Empiece con tel:, sms: o https://
wrong-gsm = Use letras simples: un mensaje no admite algunos de estos caracteres
wrong-slower = De un peligro se puede avisar antes de lo usual, no después: escriba como máximo el número que se indica al lado
wrong-sooner = Escriba más minutos que para la persona a la que se llama antes
wrong-reminder-late = El recordatorio debe ir antes de que venza el enlace
wrong-not-themselves = Elija a otra persona
wrong-no-consent = Registre antes el acuerdo para este canal
wrong-no-contact = Agregue antes un teléfono o correo para este canal

message-appointment = Recordatorio de una cita
cancelled-appointment_changed = la cita se movió o se canceló, o los recordatorios están desactivados
cancelled-unusable = a este contacto no llega nada
task-appointment_request = Respondió a un recordatorio de cita
task-appointment_request-todo = Canceló, o pide otra hora o videollamada. Vea las citas del paciente y llame.
reply-confirmed = confirmada
reply-cancelled = cancelada por el paciente
reply-rebook = pide otra hora
reply-video = pide videollamada

unusable-unreachable = { $channel }: el número no está al alcance. No se envía nada allí.
unusable-unknown_number = { $channel }: ese número no existe. No se envía nada allí.
unusable-landline = { $channel }: un teléfono fijo, que no recibe mensajes. No se envía nada allí.
unusable-filtered = { $channel }: el operador no deja pasar nuestros mensajes. No se envía nada allí.
unusable-no_mailbox = { $channel }: ese buzón no existe. No se envía nada allí.
unusable-wrong_person = { $channel }: ese número es de otra persona. No se envía nada allí.
unusable-since = (desde el { $when })
unusable-lift = Ya funciona

cancelled-opened = el cuestionario se abrió a tiempo
instead-planned-email = por correo, si para entonces no se ha abierto el mensaje
instead-planned-sms = por mensaje de texto, si para entonces no se ha abierto el correo
instead-email-unopened = por correo, porque no se abrió el mensaje
instead-email-not_arrived = por correo, porque el mensaje no llegó
instead-email-not_possible = por correo, porque no se le pueden enviar mensajes de texto
instead-sms-unopened = por mensaje de texto, porque no se abrió el correo
instead-sms-not_arrived = por mensaje de texto, porque el correo no llegó
instead-sms-not_possible = por mensaje de texto, porque no se le pueden enviar correos
wrong-fallback = Al menos 12 horas, y no después del recordatorio cuyo lugar toma; 0 para nunca

# Para qué sirve cada lugar, para quien no tiene una lista diaria
place-caseload = Todas las personas en atención, según lo que pide cuidado.
place-supervision = Las personas que supervisa, sus casos abiertos y lo acordado.
place-outcomes = Cómo terminaron los tratamientos, con intervalos y con lo que falta.
place-attendance = Sesiones perdidas, finales tempranos y quiénes permanecen.
place-improvement = Qué tan pronto se actúa ante un aviso, qué prueba el centro y el informe trimestral.
place-outreach = Pacientes que faltaron a dos sesiones seguidas.
place-capacity = Cuántos pacientes tiene y toma cada profesional.
place-tasks = Lo que la recepción debe atender.
place-admin = Personal, ajustes, mensajes y el registro de auditoría.

message-delayed = todavía no llega:
trouble-no_mailbox = ese buzón no existe; pida el correo correcto
trouble-no_domain = lo que sigue a la @ no existe o no recibe correo; revise cómo está escrito
trouble-bad_address = no puede existir una dirección así; revise cómo está escrita
trouble-mailbox_moved = el buzón cambió de lugar; pida la dirección nueva
trouble-mailbox_disabled = el buzón está desactivado; pida otra dirección
trouble-mailbox_full = el buzón está lleno
trouble-too_large = el correo es más grande de lo que admite el buzón
trouble-address = el servidor de correo no acepta esta dirección
trouble-mailbox = el buzón no pudo recibirlo
trouble-mail_system = el sistema de correo de destino no pudo recibirlo
trouble-network = no se pudo llegar al servidor de correo de destino
trouble-time_over = durante días no se pudo llegar al servidor de correo de destino
trouble-protocol = los servidores de correo no se entendieron
trouble-content = el sistema de correo de destino no aceptó el contenido
trouble-policy = una regla del servidor de destino rechaza nuestros correos; avise a quien administra su correo
trouble-no_reason = el servidor de correo no da ningún motivo
trouble-unreachable = el teléfono está apagado o fuera de alcance
trouble-unknown_number = ese número no existe; pida el correcto
trouble-landline = un teléfono fijo, que no recibe mensajes
trouble-filtered = el operador no deja pasar nuestros mensajes
trouble-opted_out = el número pidió al proveedor no recibir más mensajes
trouble-busy = el proveedor no pudo recibirlo en ese momento
trouble-paused = el proveedor tenía problemas y el envío se detuvo un rato
trouble-ambiguous = nadie sabe si salió
trouble-not_taken = el proveedor no lo tenía, así que se envía de nuevo
trouble-quiet_hours = espera a la mañana
trouble-interrupted = la máquina se detuvo a la mitad y sigue con él
trouble-no_words = esta versión no tiene texto para él; debe verlo un administrador
trouble-invalid = una parte no se puede enviar
trouble-misconfigured = los ajustes de envío están mal; debe verlos un administrador

# Lo que contesta un paciente mientras alguien mira
did-view-live = Siguió cómo se contestaba un cuestionario
live-answering = Contestando ahora: { $answered } de { $total }
live-done = Entregado a las { $when }.
live-show = Mostrar la página con estas respuestas
live-say-answering = Alguien ha empezado un cuestionario.
live-say-done = Se entregó un cuestionario.
