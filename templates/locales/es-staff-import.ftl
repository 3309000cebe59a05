# Archivos de otros sistemas, en español.

section-import = Importar
section-import-lead = Pacientes y citas de sus otros sistemas. Verá lo que haría un archivo antes de que cambie nada, y podrá deshacerlo durante una hora.
hint-import-kind = Primero los pacientes: las citas los encuentran por su identificador.
hint-import-file = CSV con una línea de nombres de columnas, en UTF-8, de 5 MB como máximo.
field-day_order = Una fecha como 03/04/1990
field-wording = Texto que aceptó quien solo dice «sí»
hint-import-wording = Solo si todos aceptaron el mismo. Sin él, un «sí» a secas no sirve.
hint-import-site = Para las filas que no indican ninguna.
import-kind = Qué contiene el archivo
import-kind-clients = Pacientes
import-kind-appointments = Citas
import-upload = Subir y mirar
import-runs = Archivos hasta ahora
import-none = Todavía ninguno.
import-state-uploaded = Subido, nada cambió
import-state-applying = Aplicándose
import-state-applied = Aplicado
import-state-undoing = Deshaciéndose
import-state-undone = Deshecho
import-counts = { $created } nuevas, { $changed } actualizadas, { $rejected } inutilizables
import-gone = Este archivo no se aplicó en un día y ya no está. Súbalo de nuevo.
import-would = Lo que pasaría
import-plan = { $created } nuevas, { $changed } actualizadas, { $same } ya iguales, { $rejected } inutilizables.
import-nothing-yet = Todavía no ha cambiado nada.
import-apply = { $count ->
    [one] Tomar { $count } fila
   *[other] Tomar { $count } filas
}
confirm-import = ¿Tomar estas filas ahora? Puede deshacerlo durante una hora.
import-line = Línea
import-what = Qué
import-row = Quién
import-detail = Campos
row-created = Nueva
row-changed = Actualiza
row-same = Igual
row-rejected = Inutilizable
import-rest = { $count ->
    [one] y { $count } fila más
   *[other] y { $count } filas más
}
import-unseen = { $count ->
    [one] Una fila más no se ha mirado porque el archivo es largo; se tomará del mismo modo.
   *[other] { $count } filas más no se han mirado porque el archivo es largo; se tomarán del mismo modo.
}
import-under-way = Se está aplicando
import-under-way-lead = Un archivo grande tarda uno o dos minutos. Puede cerrar esta página: sigue por sí solo y lo ya tomado se conserva.
import-progress = Línea { $done } de { $total }:
import-how-far = Ver por dónde va
import-go-on = Seguir ahora
import-undo-under-way = Se está deshaciendo. Puede cerrar esta página: sigue por sí solo.
import-means = Lo que significa el archivo
import-means-lead = Corrija lo que se entendió mal y mire otra vez.
import-columns = Columnas
import-more-columns = Columnas que el archivo no parece tener
import-leave-out = No usar
import-ignored = Sin usar: { $columns }
import-look-again = Mirar otra vez
import-done = Lo que se hizo
import-kept = { $count ->
    [one] { $count } cambio quedó como está, porque alguien siguió trabajando con él.
   *[other] { $count } cambios quedaron como están, porque alguien siguió trabajando con ellos.
}
import-undo = Deshacer
import-undo-lead = Puede deshacerlo hasta { $until }. Lo que alguien siguió trabajando se queda.
confirm-undo = ¿Deshacer esta importación ahora?
day-order-unknown = Solo donde está claro
day-order-month_first = Primero el mes
day-order-day_first = Primero el día
import-site-unknown = no existe esa sede
import-site-missing = elija la sede de las filas que no indican ninguna
import-client-unknown = ningún paciente tiene este identificador; importe antes los pacientes
import-clinician-unknown = ningún terapeuta, o más de uno, tiene este nombre o dirección
import-appointment-of-another = esta cita es de otro paciente
import-changed-meanwhile = alguien cambió este paciente en el mismo momento; importe la fila de nuevo
episode-no-protocol = no hay ningún protocolo vigente
flash-import-looked = Leído como usted dice. No ha cambiado nada.
flash-import-applied = Las filas están tomadas.
flash-import-goes-on = El archivo es grande: sigue en segundo plano.
flash-import-undone = La importación se deshizo.
wrong-too-large = El archivo pasa de 5 MB; divídalo, cada parte con la línea de nombres de columnas
wrong-not-utf8 = Esto no es un CSV en UTF-8; en la hoja de cálculo, guárdelo como «CSV UTF-8»
did-import-upload = Subió un archivo
did-import-apply = Aplicó una importación
did-import-undo = Deshizo una importación
did-view-import = Miró una importación

# The columns of files
import-field-external_id = Identificador en el otro sistema
import-field-client_external_id = Identificador del paciente en el otro sistema
import-field-name = Nombre completo
import-field-first_name = Nombre
import-field-middle_name = Segundo nombre
import-field-last_name = Apellidos
import-field-preferred_name = Nombre preferido
import-field-birth_date = Fecha de nacimiento
import-field-sex = Sexo
import-field-email = Correo
import-field-phone = Teléfono
import-field-language = Idioma
import-field-time_zone = Zona horaria
import-field-zone = Zona horaria
import-field-preferred_channel = SMS o correo
import-field-sms_consent = Acepta SMS
import-field-sms_consent_wording = Texto aceptado, SMS
import-field-sms_consent_date = Día del consentimiento, SMS
import-field-email_consent = Acepta correos
import-field-email_consent_wording = Texto aceptado, correo
import-field-email_consent_date = Día del consentimiento, correo
import-field-recipient = Quién recibe los mensajes
import-field-consent_wording = Texto aceptado
import-field-consent_date = Día del consentimiento
import-field-guardian = Tutor
import-field-guardian_name = Tutor: nombre
import-field-guardian_relation = Tutor: relación
import-field-guardian_phone = Tutor: teléfono
import-field-guardian_email = Tutor: correo
import-field-emergency_contact = Contacto de emergencia
import-field-emergency_name = Contacto de emergencia: nombre
import-field-emergency_relation = Contacto de emergencia: relación
import-field-emergency_phone = Contacto de emergencia: teléfono
import-field-emergency_email = Contacto de emergencia: correo
import-field-emergency_contact_name = Contacto de emergencia: nombre
import-field-emergency_contact_relation = Contacto de emergencia: relación
import-field-emergency_contact_phone = Contacto de emergencia: teléfono
import-field-emergency_contact_email = Contacto de emergencia: correo
import-field-clinician = Terapeuta
import-field-site = Sede
import-field-start = Inicio
import-field-end = Fin
import-field-date = Día
import-field-start_time = Hora de inicio
import-field-end_time = Hora de fin
import-field-duration = Minutos
import-field-status = Estado
import-field-starts_at = Inicio
import-field-ends_at = Fin
import-field-episode = Episodio
