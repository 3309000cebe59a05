# Lo que lee el equipo en Administración, en español.

# The parts
section-clients = Pacientes
section-clients-lead = Nombres, contactos, consentimientos y personas cercanas.
section-appointments = Citas
section-appointments-lead = Las sesiones de cada día. De ellas se planifican los cuestionarios.
section-staff = Equipo
section-staff-lead = Cuentas, funciones, sedes, suplentes y quién supervisa a quién.
section-protocol = Protocolo
section-protocol-lead = Qué se pregunta y cuándo.
section-instruments = Instrumentos
section-instruments-lead = Licencia, versión, origen de los umbrales e idiomas.
section-crisis = Recursos de crisis
section-crisis-lead = Lo primero que ve un paciente si una respuesta habla de peligro, y detrás de «¿Necesita ayuda ahora?» en cada página.
section-sites = Sedes
section-sites-lead = Cada una con su zona horaria y la persona de guardia.
section-settings = Ajustes
section-settings-lead = Nombres, horarios, recordatorios y escalones.
section-audit = Auditoría
section-audit-lead = Quién miró qué y quién cambió qué. Los registros están encadenados y no se pueden alterar.
concerns-title = Necesita su atención
concern-no_crisis_resources = Un idioma no tiene recursos de crisis.
concern-crisis_review_due = Los recursos de crisis no se verifican desde hace medio año.
concern-no_on_call = Una sede no tiene a nadie de guardia.
concern-no_second_contact = Un terapeuta no tiene suplente ni supervisión: no se envían cuestionarios a sus pacientes.
concern-wording_unconfirmed = Una traducción espera confirmación.
nobody = Nadie
everyone = Todos
all-sites = Todas las sedes
delete = Eliminar
confirm-delete = ¿Eliminar este registro?

# Staff
staff-new = Invitar a alguien
staff-new-lead = Recibirá un correo con un enlace para elegir su contraseña.
staff-invite = Guardar e invitar
staff-invite-again = Enviar la invitación otra vez
staff-reset = Enviar un enlace para una contraseña nueva
staff-reset-factor = Teléfono perdido: configurar de nuevo el segundo paso
staff-deactivate = Desactivar
staff-deactivate-hint = { $count ->
    [one] Al desactivar se cierran todas las sesiones. { $count } caso abierto pasa a la persona suplente.
   *[other] Al desactivar se cierran todas las sesiones. { $count } casos abiertos pasan a la persona suplente.
}
staff-is-deactivated = Esta cuenta no puede iniciar sesión. Una invitación la abre de nuevo.
confirm-deactivate = ¿Desactivar esta cuenta ahora?
staff-state = Cuenta
staff-account = Cuenta
staff-supervision = Supervisión
account-active = Activa
account-invited = Con invitación
account-deactivated = Desactivada
edge-from = desde el { $day }
edge-until = hasta el { $day }
edge-none = Nadie supervisa a esta persona.
edge-add = Agregar supervisión
edge-end = Terminar hoy
confirm-end-edge = ¿Terminar hoy esta supervisión? Mañana perderá el acceso a estos pacientes.

# Clients and appointments
client-new = Paciente nuevo
client-to-page = A la página del paciente
clients-empty = Todavía no hay pacientes
clients-empty-lead = Añada uno aquí, o traiga un archivo de sus otros sistemas en Importar.
clients-reach = Cuestionarios
reach-yes = se pueden enviar
reach-no = sin dirección o acuerdo
form-person = Persona
form-contact = Cómo contactar
form-emergency = Contacto de emergencia
form-emergency-why = Se muestra al terapeuta si una respuesta habla de peligro. Nunca se le envía ningún mensaje.
form-guardian = Persona responsable de un menor
form-guardian-why = Solo si los mensajes deben ir a esta persona y no al paciente.
recipient-client = El paciente
recipient-guardian = La persona responsable
consent-for-sms-check_in = Cuestionarios por SMS
consent-for-email-check_in = Cuestionarios por correo
consent-for-sms-appointment = Recordatorios de citas por SMS
consent-for-email-appointment = Recordatorios de citas por correo
zone-unknown = Desconocida
appointments-none = No hay citas este día.
day-before = Día anterior
day-after = Día siguiente

# Protocol and instruments
protocol-first = Todavía no rige ninguna versión. No se pregunta nada hasta que publique una.
protocol-version = { $episodes ->
    [one] Rige la versión { $version }, para { $episodes } episodio abierto.
   *[other] Rige la versión { $version }, para { $episodes } episodios abiertos.
}
protocol-version-n = Versión { $version }
protocol-versions = Versiones
protocol-episodes = { $count ->
    [one] { $count } episodio abierto
   *[other] { $count } episodios abiertos
}
protocol-instrument = Instrumento
protocol-rules = Una versión publicada nunca cambia. Al publicar se crea una nueva para episodios nuevos; los que están en curso conservan la suya.
protocol-publish = Publicar como versión nueva
confirm-publish = ¿Publicar como versión nueva?
rhythm-intake = Primer cuestionario
rhythm-before_session = Antes de cada sesión
rhythm-after_session = Después de cada sesión
rhythm-weeks = Cada … semanas
licence-free = De uso libre
licence-own = Propio
licence-conditional = Libre con condiciones propias
licence-licensed = Licencia registrada
licence-missing = Apagado: falta licencia
instrument-version = versión { $version }
instrument-evidence = umbrales: { $evidence }
wording-official = redacción oficial
wording-confirmed = confirmada
wording-unconfirmed = apagado hasta que administración confirme la redacción
wording-confirm = Confirmar redacción
confirm-wording = ¿Comparó cada frase con el formulario oficial?

# Crisis resources, sites, settings, audit
crisis-reviewed = verificado: { $day }
crisis-stale = verificado por última vez el { $day }: llame y compruebe que sea correcto
crisis-review = Lo verifiqué hoy
crisis-none = Ninguno todavía. Sin uno no se envían cuestionarios en este idioma.
crisis-add = Agregar un recurso
site-add = Agregar una sede
site-clients = { $count ->
    [one] { $count } paciente
   *[other] { $count } pacientes
}
settings-hours = Cuándo pueden recibir mensajes los pacientes
settings-hours-why = En la zona horaria del paciente. Si se desconoce, rige el segundo par, en la zona del consultorio.
settings-ladder = Cuando nadie toma un caso urgente
settings-ladder-why = Minutos desde la respuesta hasta llamar a la siguiente persona. Horario laboral: de lunes a viernes en la zona de la sede.
settings-ladder-in = En horario laboral
settings-ladder-after = Fuera de horario
silence-case = Dos cuestionarios perdidos abren un caso
silence-shown = Dos cuestionarios perdidos solo se muestran en la lista
audit-number = N.º
audit-at = Cuándo
audit-action = Qué
audit-about = Sobre
audit-client = Id del paciente
audit-none = No hay registros con este filtro.

# Fields
field-name = Nombre completo
field-role = Funciones
field-at_site = Sedes
hint-at_site = Si no elige ninguna, todas.
field-backup = Suplente
hint-backup = Se le llama si esta persona no responde, y la reemplaza si no está.
hint-staff_email = Para iniciar sesión y recibir avisos.
hint-staff_phone = Para avisos urgentes por SMS.
field-language = Idioma
field-supervisor = Supervisión
field-starts_on = Primer día
field-ends_on = Último día
hint-ends_on = Vacío mientras continúe.
field-preferred_name = Nombre preferido
hint-preferred_name = Cómo le gusta que le digan.
field-birth_date = Fecha de nacimiento
field-external_id = Id en otros sistemas
field-preferred_channel = Primer intento
field-emergency_name = Nombre
field-emergency_relation = Relación
field-emergency_phone = Teléfono
field-guardian_name = Nombre
field-guardian_relation = Relación
field-guardian_phone = Teléfono
field-guardian_email = Correo electrónico
field-recipient = Los mensajes van a
field-consent = De acuerdo con
hint-consent = Solo lo que el paciente aceptó por escrito o en persona. Sin ello no se envía nada.
field-client = Paciente
field-protocol_name = Nombre del protocolo
field-weeks = Cada … semanas
field-label = Texto del botón
hint-label = Por ejemplo «Llamar al 988».
field-detail = Una línea debajo
field-href = Dirección
hint-href = tel:988, sms:988 o https://…
field-position = Lugar en la lista
hint-position = El 1 va primero.
field-site_name = Nombre de la sede
field-on_call = De guardia
field-quiet_until = Mensajes desde
field-quiet_from = hasta
field-unknown_until = Zona desconocida: desde
field-unknown_from = hasta
field-before_session_hours = Horas antes de la sesión
field-reminder_after_hours = Recordatorio después de (horas)
hint-reminder_after_hours = 0 para ninguno
field-expires_after_hours = El enlace vence después de (horas)
field-silence = Silencio
field-business_from = Horario laboral desde
field-business_until = hasta
field-ladder_in_1 = Suplente después de (min)
field-ladder_in_2 = Supervisión después de (min)
field-ladder_in_3 = Guardia después de (min)
field-ladder_after_1 = Suplente después de (min)
field-ladder_after_2 = Supervisión después de (min)
field-ladder_after_3 = Guardia después de (min)
field-ladder_repeat = El último escalón se repite cada (min)
field-off_track_supervisor_after_hours = Fuera de curso: supervisión después de (horas)
field-who = Quién
