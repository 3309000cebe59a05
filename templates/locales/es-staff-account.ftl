# Lo que lee el personal sobre su propia cuenta y sobre citas, episodios y cuentas ajenas, en español.

# Around every page
second-step-off = En este servidor no hace falta un segundo paso para entrar: basta una contraseña robada. Quien lo administra debería activar el segundo paso.
fence-banner = Esta es una copia restaurada, con los datos del { $when }. No se envía nada a los pacientes hasta que alguien que sepa que la máquina anterior está apagada ejecute «bellwether restore --release»; los avisos al personal sí salen.

# One's own account
field-shortcut = La tecla «/»
hint-shortcut = Algunos programas de voz la pulsan sin que se les pida.
shortcut-on = Va a la búsqueda de pacientes
shortcut-off = No hace nada
account-title = Mi cuenta
account-looks = Quién miró
account-email-hint = La administración puede cambiarlo.
account-password = Cambiar la contraseña
account-password-new = Contraseña nueva
account-password-ends = Se cierra la sesión en sus demás navegadores.
account-codes = Códigos de recuperación
account-codes-left = { $count ->
    [0] No le quedan códigos de recuperación.
    [one] Le queda { $count } código de recuperación.
   *[other] Le quedan { $count } códigos de recuperación.
}
account-codes-lead = Los códigos nuevos anulan los anteriores.
account-codes-new = Mostrar códigos nuevos
account-no-factor = No tiene segundo paso: entra solo con su contraseña.
account-sessions = Dónde tiene la sesión abierta
session-here = Este navegador
session-other = Otro navegador
session-since = desde { $since }, último uso { $used }
session-ends = termina a más tardar { $ends }
sessions-end = Cerrar la sesión en los demás navegadores
recovery-old = Los códigos que tenía antes ya no sirven.
looks-title = Quién miró
looks-lead = Lo que otras personas abrieron de sus pacientes y cambiaron en su cuenta en los últimos { $days } días.
looks-cut = Solo se muestran las { $count } últimas.
looks-lists = Aquí no se nombran las listas en las que sus pacientes aparecían entre otros. Las que abrieron quienes le supervisan están en su agenda de supervisión.
looks-none = Nadie ha mirado
looks-none-lead = Cuando otra persona abra la página de un paciente suyo, aparecerá aquí.
looks-you = Su cuenta

# Appointments and episodes
appointment-move = Cambiar la cita de hora
appointment-move-short = Cambiar
appointment-zone = Las horas son de { $zone }.
appointment-moves-check-ins = { $count ->
    [0] Ningún cuestionario depende de ella.
    [one] { $count } cuestionario cambia con ella.
   *[other] { $count } cuestionarios cambian con ella.
}
begin-title = Empezar un episodio nuevo
begin-lead = El historial del anterior se conserva. Los cuestionarios se planifican según el protocolo vigente.
begin-nobody-yet = Nadie todavía
discharge-open = Hay un caso abierto. Hay que indicar quién lo tendrá desde entonces, o cerrarlo antes:
hint-case_to = Recibe un aviso y decide el caso.

# Accounts of others
staff-left-behind = { $count ->
    [one] { $count } episodio necesita a alguien
   *[other] { $count } episodios necesitan a alguien
}
staff-episodes = Episodios
staff-episodes-lead = { $count ->
    [0] Esta persona no tiene episodios abiertos.
    [one] Esta persona tiene { $count } episodio abierto.
   *[other] Esta persona tiene { $count } episodios abiertos.
}
staff-episodes-which = Cuáles
staff-hand-on = Pasar a otro terapeuta
confirm-hand-on = ¿Pasar estos episodios? Sus casos abiertos van con ellos.
concern-episodes_left_behind = Hay episodios abiertos de un terapeuta que ya no está.

# Protocol
protocol-apply-title = O pasarlos ahora mismo
protocol-apply-lead = Sus cuestionarios se planifican de nuevo al momento; lo ya enviado sigue igual.
protocol-apply-button = { $count ->
    [one] Pasar { $count } episodio a la versión { $version }
   *[other] Pasar { $count } episodios a la versión { $version }
}
confirm-apply = { $count ->
    [one] ¿Cambiar el protocolo de { $count } episodio en curso?
   *[other] ¿Cambiar el protocolo de { $count } episodios en curso?
}

# Said once after something was done
flash-password-changed = Su contraseña ha cambiado. Se cerró la sesión en los demás navegadores.
flash-sessions-ended = Se cerró la sesión en los demás navegadores.
flash-episode-begun = El episodio ha empezado y sus cuestionarios están planificados.
flash-episodes-passed-on = Hecho. El nuevo terapeuta los ve desde ahora.
flash-protocol-applied = Los episodios en curso siguen la versión vigente. Sus cuestionarios se están planificando.

# Fields
field-password_now = Contraseña actual
field-case_to = El caso pasa a
field-protocol = Protocolo
wrong-password-old = Esta no es su contraseña actual

# Consent wordings, crisis resources, audit
section-consents = Textos de consentimiento
section-consents-lead = Lo que se dice a los pacientes antes de que acepten mensajes. Cada consentimiento conserva la versión a la que se dio.
wording-in-force = vigente
wording-held = { $count ->
    [one] { $count } consentimiento vigente
   *[other] { $count } consentimientos vigentes
}
wording-publish = Publicar la versión siguiente
wording-rules = Una versión publicada no cambia nunca. Desde el próximo consentimiento se lee la nueva; los anteriores siguen valiendo.
wording-read-out = Leer antes de registrar (texto { $version })
field-version = Versión
hint-version = Como está impresa en papel, por ejemplo 2026-03.
field-body_en = Texto en inglés
field-body_es = Texto en español
crisis-only-at = solo en { $site }
hint-crisis-site = Un recurso de una sede se muestra primero a sus pacientes.
audit-from = Desde
audit-until = Hasta
audit-of = Entradas sobre { $name }

# Programmes and payers
placements-programme = Programas
placements-payer = Pagadores
placements-none = Todavía ninguno.
placement-new-programme = Nombre del programa
placement-new-payer = Nombre del pagador
placement-add = Añadir
placement-active = se puede elegir
placement-retired = retirado
placement-keep = Guardar
placement-retire = Retirar
placement-none = Ninguno
field-placement = Nombre
field-programme = Programa
field-payer = Pagador

# Everything held about a client
export-title = Todo lo que se guarda de este paciente
export-short = Expediente
export-lead = Para el paciente o quien pueda tenerlo: imprímalo o guárdelo como PDF desde la ventana de impresión. Abrirlo queda en el registro.
export-json = Descargar para una máquina (JSON)
export-answers = Respuestas
export-none = Todavía no hay respuestas.
export-notes = Notas
export-unfinished = empezado, sin entregar
export-courses = Episodios
export-goals = Metas
export-signals = Señales
export-reasons = Por qué alguien debía mirar
export-plan = Cambios del plan
export-questions = Cambios de lo que se pregunta
export-supervision = Supervisión
export-contacts = Contactos
export-declined = Devuelto
export-outreach = Contactar tras sesiones perdidas
export-notice = Recordatorio de la cita
