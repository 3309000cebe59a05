# Lo que el personal lee sobre ausencias, riesgo, planes y resultados, en español.

# Ausencias y guardias
leave-link = Ausencias y guardias
leave-title = Ausencias y guardias
leave-lead = Mientras alguien está ausente, sus casos abiertos los lleva quien le sustituye. Vuelven cuando la ausencia termina.
leave-list = Ausentes ahora y pronto
leave-none = Nadie está ausente. Las ausencias registradas aparecen aquí, con quién sustituye.
leave-now = Ausente hoy
leave-span = del { $from } al { $until }
leave-cover = sustituye { $name }
leave-end = Terminar hoy
leave-take-back = Retirar
leave-confirm-end = ¿Terminar esta ausencia? Los casos pasados vuelven enseguida.
leave-on-call = Quién responde por cada sede
leave-on-call-lead = El último paso de toda escalera, y responsable de los casos de pacientes sin terapeuta. Fuera del horario cuenta el turno de guardia.
leave-on-call-now = Ahora: { $name }
leave-on-call-nobody = Ahora no responde nadie
leave-on-call-day = en horario laboral { $name }
leave-tonight = Esta noche
leave-nights = Noches del { $from } al { $until }
leave-new = Registrar una ausencia
leave-record = Registrar la ausencia
leave-cover-hint = Recibe los casos abiertos y los que surjan entretanto.
leave-duty-new = Añadir un turno de guardia
leave-duty-add = Añadir el turno
field-person = Quién se ausenta
field-cover = Quién sustituye
field-duty_site = Para la sede
field-duty_person = Quién responde fuera del horario
field-duty_from = Desde la tarde del
field-duty_until = Hasta la noche del
wrong-away = Esta persona también está ausente esos días; elija a otra
flash-leave-saved = Registrado.

# Riesgo: el plazo y el desenlace
promise-running = Por asumir
promise-missed = Nadie lo asumió antes de { $when }
promise-kept = Asumido en { $minutes ->
    [one] un minuto
   *[other] { $minutes } minutos
}, a tiempo
promise-late = Asumido en { $minutes ->
    [one] un minuto
   *[other] { $minutes } minutos
}; el plazo era { $when }
field-contact = Contacto
reached-in_person = En persona
reached-phone = Por teléfono
reached-video = Por vídeo
reached-other_person = Con alguien que está con el paciente
reached-not_reached = No se localizó a nadie
field-screener = Cribado C-SSRS
screener-hint = Su resultado, según lo valoró usted
screener-not_done = No se preguntó
screener-negative = Negativo
screener-low = Riesgo bajo
screener-moderate = Riesgo moderado
screener-high = Riesgo alto
field-safety_plan = Plan de seguridad
safety_plan-made = Hecho ahora
safety_plan-renewed = Repasado y renovado
safety_plan-in_place = Existe, sin cambios
safety_plan-not_made = Ninguno
field-emergency_contact = Contacto de emergencia
emergency_contact-informed = Avisado
emergency_contact-not_reached = No localizado
emergency_contact-not_needed = No hacía falta avisar
emergency_contact-none_on_file = No consta ninguno
field-referral = Derivación
referral-none = Ninguna
referral-crisis_service = Servicio de crisis
referral-higher_care = Mayor nivel de atención
referral-emergency_department = Urgencias o servicios de emergencia
referral-other = Otra, véase la nota
wrong-unfit = Esto no encaja con el desenlace elegido; cambie uno de los dos
case-calls = A quién se llama después
case-calls-lead = Mientras nadie lo asuma. Después se llama a la última persona una y otra vez.
case-calls-once = Si vence entonces y nadie lo ha asumido. A cada persona se le avisa una sola vez.
case-backup = Suplente: { $name }
tier-0 = responsable y supervisión
tier-1 = suplente
tier-2 = supervisión
tier-3 = guardia

# Cambios del plan
plan-title = Cambios del plan
plan-legend = Si cambia el plan
plan-what-hint = Qué se hará de otra manera desde ahora, o qué cambió en la medicación
plan-record = Registrar un cambio del plan o de la medicación
plan-record-button = Registrar
plan-record-case = Hay un caso abierto: lo que responde a ese caso se decide allí.
plan-review-hint = Hasta ahora hubo { $sessions ->
    [one] { $sessions } sesión
   *[other] { $sessions } sesiones
}.
field-plan_kind = Qué cambia
field-what = Qué
field-why = Por qué
field-review_session = Revisarlo en la sesión
plan-frequency = La frecuencia
plan-focus = El tema
plan-method = La forma de trabajar
plan-medication = La medicación
plan-involve_others = Se incluye a otras personas
plan-other = Otra cosa
plan-because = Porque: { $why }
plan-review-at = por revisar en la sesión { $session }
plan-review-due = Toca revisarlo:
plan-outcome-kept = Se mantiene
plan-outcome-adapted = Adaptado
plan-outcome-ended = Abandonado
timeline-plan = Cambio del plan ({ $kind }) · { $by }
timeline-plan-reviewed = Revisión de un cambio del plan ({ $kind }): { $outcome }
wrong-session-ahead = Indique el número de una sesión futura
flash-plan-recorded = El cambio del plan quedó registrado.
flash-plan-reviewed = Registrado.

# Después del cierre
verification-title = Después del cierre
verification-pending = En observación hasta la cuarta sesión
verification-back_on_track = De nuevo en curso
verification-still_off = Sin recuperar el curso tras cuatro sesiones
verification-not_measured = Sin medir desde entonces
case-reopen = Abrirlo de nuevo
case-reopen-hint = ¿Cerrado por error? Diga por qué. Pasada una semana, un hallazgo nuevo abre un caso nuevo.
flash-case-reopened = El caso está abierto de nuevo, pendiente de decisión.
step-reopened = Abierto de nuevo
step-verified = Revisado después del cierre

# Supervisión
agenda-title = Agenda
agenda-of = Agenda con { $name }
agenda-mine = Su supervisión
agenda-supervisors = con { $names }
agenda-hours = { $month } h este mes, { $year } h este año
agenda-lead = Quién puede necesitar una reflexión hoy, lo más grave primero. Terapeuta y supervisión ven esta misma página. No dice nada sobre lo bueno que es nadie.
agenda-none = No hay nadie en la agenda. Aparecen aquí pacientes con riesgo abierto, casos vencidos, cursos desviados o estancados, registros perdidos, o de quienes usted quiera hablar.
topic-risk_open = Riesgo abierto
topic-overdue = Vencidos
topic-off_track = Fuera de curso
topic-stalled = Sin cambio fiable hasta la sesión 8
topic-missing = Tres registros perdidos o más
topic-discuss = Para hablar
agenda-sessions = { $sessions ->
    [one] { $sessions } sesión
   *[other] { $sessions } sesiones
}
agenda-missed = { $missed } perdidos seguidos
agenda-decision = Decisión sobre { $client }
agenda-task = Quién hace el seguimiento
agenda-due = Antes del
agenda-task-nobody = Nadie
agenda-record = Registrar la reunión
agenda-record-lead = Las decisiones escritas arriba se guardan con ella. La que tiene persona y fecha se convierte en tarea.
agenda-general = Decisión sobre ningún paciente
agenda-looked-at = Qué fue de los casos cerrados
agenda-looked-at-lead = Lo que se supo en los últimos 60 días, y aquellos de los que aún no se sabe nada.
agenda-closed = cerrado { $when }
agenda-plans = Cambios de plan por revisar
agenda-log = Reuniones anteriores
agenda-log-none = Aún no hay ninguna registrada.
agenda-meeting = { $day }, { $minutes } min, { $by }
agenda-follow-up = seguimiento: { $who }
supervision-own = Mi propia supervisión
agenda-looks = Quién ha mirado
agenda-looks-lead = Consultas de quienes le supervisan a estos pacientes en los últimos 30 días, también de quienes dejaron de supervisarle en ese tiempo. Las consultas forman parte de la auditoría.
agenda-looks-more = Se muestran las { $shown } últimas de { $count }.
agenda-looks-none = Nadie ha mirado en los últimos 30 días.
look-agenda = esta agenda
look-chart = la historia
look-case = un caso
look-list = una lista con estos pacientes
follow-ups = Por seguir
follow-up-due = antes del { $day }
follow-up-late = venció el { $day }
discuss-title = Supervisión
discuss-raise = Hablarlo en supervisión
discuss-hint = Qué quiere preguntar; puede quedar vacío.
discuss-raised = En la agenda
discuss-clear = Quitar de la agenda
field-discuss_note = Sobre qué
field-held_on = Día de la reunión
field-task = Quién hace el seguimiento
field-due = Antes del
flash-discuss-saved = Registrado.
flash-meeting-saved = La reunión está registrada. Los seguimientos están en la lista de quien los tiene.
flash-follow-up-done = Hecho.

# Gráficos y miniaturas
chart-event-case = caso abierto
chart-event-plan = cambio de plan
chart-event-medication = medicación
chart-event-no_show = ausencia
chart-event-version = cuestionario cambiado: los puntajes de antes y después no se pueden comparar
client-multiples = Todas las puntuaciones

# La revisión de apoyos
support-title = Qué puede estorbar
support-lead = Doce frases del paciente sobre el trabajo conjunto, la motivación, los apoyos, los acontecimientos, los obstáculos y el tratamiento. Construidas para este producto, sin validar: algo por lo que preguntar, nada más.
support-ask = Enviar la revisión de apoyos
support-again = Enviarla otra vez
support-answered = Respondida { $when }
support-out = Enviada, aún sin respuesta
support-score = { $score } de { $highest }
support-low = Merece una pregunta
check-title = Repasado con la supervisión
check-answers_read = Se leyeron juntos las respuestas
check-risk_asked = Se preguntó por el peligro, digan lo que digan las respuestas
check-domains_seen = Se repasó qué puede estorbar
check-plan_seen = Se miraron la formulación y el plan
check-words_found = Está claro qué se plantea al paciente, y cómo
check-next_step = El próximo paso tiene persona y fecha
flash-support-sent = La revisión de apoyos está en camino.

# Avisos y la campana
bell-label = Casos que le esperan:
step-bundled = Se avisará junto con otros, una vez al día
meter = Avisos en los últimos 7 días: { $alerts } de { $budget }. El peligro nunca cuenta.
meter-bundled = El cupo está agotado: los demás seguimientos llegan juntos, una vez al día.
meter-simulate = Qué haría un umbral más alto
meter-factor = { $factor } × el cambio fiable: { $alerts } avisos
meter-lead = Contado sobre sus propios avisos de estos días. Los umbrales son de los instrumentos; aquí no se cambian.
field-alert_budget = Avisos uno por uno en 7 días
hint-alert_budget = A partir de ahí, los seguimientos llegan una vez al día. El peligro llega siempre enseguida.

# Las palabras del paciente y las frases que se buscan en ellas
section-phrases = Frases que leer
section-phrases-lead = En lo que el paciente escribe con sus palabras se buscan estas frases. Un hallazgo pide que una persona lo lea, nada más.
phrases-how = Cómo funciona
phrases-how-found = Una frase en las palabras del paciente añade un motivo a su caso: se avisa a responsable y supervisión, y vence antes de la próxima sesión o al mediodía del siguiente día laborable. Al paciente se le muestran los teléfonos de crisis.
phrases-how-words = Palabras enteras en su orden, sin importar mayúsculas, acentos ni puntuación. Una palabra que termina en * encuentra también todas las que empiezan así.
phrases-how-negation = Lo negado, citado o dicho con otro sentido no se entiende: «no quiero morir» también se encuentra. Solo una persona puede leerlo.
phrases-how-case = No es un diagnóstico ni una medida del peligro, y que no se encuentre nada no significa que no haya peligro.
phrases-how-items = Las preguntas sobre peligro tienen sus propias reglas, que ninguna lista cambia.
phrases-source = La lista de fábrica: { $source }, { $date }.
phrases-list = La lista en uso
phrases-version = Versión { $version }
phrases-versions = Versiones
phrases-shipped = de fábrica
phrases-hint = Una frase por línea.
phrases-why-hint = Se guarda con la versión, para quien pregunte después.
field-phrases_en = Inglés
field-phrases_es = Español
field-phrases_why = ¿Por qué se cambia?
phrase-line = línea { $line }
phrase-short = al menos cuatro letras
phrase-long = como máximo 80 caracteres
phrase-star = el * solo va al final de una palabra

# What may help where a domain of the support check is low
section-suggestions = Sugerencias de apoyo
section-suggestions-lead = Lo que un caso muestra junto a un ámbito bajo de la revisión de apoyos. Una lista para pensar, con las palabras de este centro.
suggestions-how = Donde las respuestas de un paciente a la revisión de apoyos dejan un ámbito por debajo de su umbral, el caso muestra estas líneas a terapeuta y supervisión, cada una con su fuente. No son un consejo para nadie, y nada se hace por ellas.
suggestions-list = La lista en uso
suggestions-hint = Una por línea: las palabras, después | y de dónde vienen. Lo que el centro elaboró dice «Elaboración propia».
suggestions-bad-text = no hay palabras antes de |
suggestions-bad-source = no hay fuente después de |
suggestions-bad-long = como mucho 400 caracteres antes y después de |
field-suggestions = Sugerencias
field-suggestions_why = ¿Por qué se cambia?
did-suggestions-change = Cambió las sugerencias de apoyo
words-title = Con las palabras del paciente
words-found = En la lista de frases: { $phrases }
words-read = Una persona debe leerlo. Lo negado o citado también se encuentra.
rule-risk_phrase = Palabras propias por leer
reason-risk_phrase = Las palabras del paciente contienen { $value } frases de la lista del centro: léalas
short-risk_phrase = Palabras propias por leer
