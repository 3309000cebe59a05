# Correos y mensajes de texto, a pacientes y al personal, en español.
# Los mensajes de texto (text-…) usan solo caracteres GSM-7 (sin á í ó ú) y caben en un segmento.

text-invite = { $practice }: su cuestionario le espera: { $link } Responda STOP para darse de baja.
text-reminder = { $practice }: su cuestionario sigue abierto: { $link } Responda STOP para darse de baja.
text-appointment = { $practice }: { $when }. Confirme o cambie: { $link } STOP: baja.
text-help-reply = { $practice } manda cuestionarios por texto. Preguntas: { $phone }. Emergencia: { $emergency }. STOP para darse de baja.
text-not-monitored-reply = { $practice }: nadie lee estos mensajes. Por favor llame al { $phone }. Emergencia: { $emergency }.
text-case-opened = Bellwether: un caso le necesita ahora. { $link }
text-case-escalated = Bellwether: un caso lleva { $minutes } min sin respuesta y ahora es suyo. { $link }

mail-product = Bellwether
mail-hello = Hola:
mail-or-copy = O copie esta dirección en su navegador:
mail-private = El enlace es personal. Por favor, no lo comparta.
mail-not-watched = Nadie vigila sus respuestas las 24 horas. En una emergencia, llame al número de emergencias de su zona.
mail-open-until = El enlace funciona hasta el { $day }.
mail-unsubscribe = Para no recibir más correos como este:

mail-invite-subject = Su cuestionario con { $practice }
mail-invite-lead = Su cuestionario con { $practice } ya está disponible.
mail-invite-minutes = { $minutes ->
    [one] Tarda alrededor de 1 minuto.
   *[other] Tarda alrededor de { $minutes } minutos.
}
mail-invite-button = Abrir mi cuestionario

mail-reminder-subject = Su cuestionario con { $practice } sigue abierto
mail-reminder-lead = Su cuestionario con { $practice } todavía le espera. Lo que ya respondió está guardado.
mail-reminder-last = Este es el único recordatorio.

mail-appointment-subject = Su hora con { $practice }
mail-appointment-lead = { $practice } le espera: { $when }.
mail-appointment-how = Confirme, por favor, o díganos si no puede venir.
mail-appointment-button = Confirmar o cambiar

mail-case-now-subject = Un caso le necesita ahora
mail-case-now-lead = Un caso le necesita ahora. Inicie sesión y confirme que lo recibió.
mail-case-due-subject = Un caso le necesita
mail-case-due-lead = Un caso le necesita.
mail-case-due = Fecha límite: { $due }
mail-case-button = Abrir el caso
mail-case-why = Recibe este correo porque el caso, o su terapeuta, está a su cargo. No nombra a nadie a propósito.

mail-escalated-subject = Nadie confirmó un caso y ahora es suyo
mail-escalated-lead = { $minutes ->
    [one] Un caso lleva 1 minuto sin que nadie lo confirme.
   *[other] Un caso lleva { $minutes } minutos sin que nadie lo confirme.
}
mail-escalated-you = Usted es la siguiente persona. Inicie sesión y confírmelo, aunque alguien más pueda estar en ello.
mail-overdue-subject = Un caso está vencido y nadie lo ha confirmado
mail-overdue-lead = Nadie ha confirmado un caso cuya fecha límite era { $due }.
mail-overdue-you = Inicie sesión y procure que alguien lo atienda. Se le avisa de esto una sola vez.

mail-own-button = Abrir

mail-missed-subject = { $count ->
    [one] Un cuestionario quedó sin responder
   *[other] { $count } cuestionarios quedaron sin responder
}
mail-missed-lead = { $count ->
    [one] Un cuestionario previo a una próxima sesión quedó sin responder. En Hoy puede ver cuál y enviarlo otra vez.
   *[other] { $count } cuestionarios previos a próximas sesiones quedaron sin responder. En Hoy puede ver cuáles y enviarlos otra vez.
}
mail-missed-button = Abrir Hoy

mail-staff-invite-subject = Su cuenta en { $practice }
mail-staff-invite-lead = { $inviter } ({ $role }) creó una cuenta para usted en { $practice }.
mail-staff-invite-plain = Se creó una cuenta para usted en { $practice }.
mail-staff-invite-how = { $hours ->
    [one] Elija una contraseña y un segundo factor en el plazo de 1 hora.
   *[other] Elija una contraseña y un segundo factor en el plazo de { $hours } horas.
}
mail-staff-invite-button = Preparar mi cuenta
mail-not-expected = ¿No lo esperaba? Puede ignorar este correo; sin usted no pasa nada.

mail-reset-subject = Elija una contraseña nueva
mail-reset-lead = { $minutes ->
    [one] Alguien, probablemente usted, pidió una contraseña nueva. El enlace funciona una sola vez, durante 1 minuto.
   *[other] Alguien, probablemente usted, pidió una contraseña nueva. El enlace funciona una sola vez, durante { $minutes } minutos.
}
mail-reset-button = Elegir una contraseña nueva
mail-reset-ignore = ¿No fue usted? Ignore este correo; su contraseña sigue igual.

mail-digest-subject = { $count ->
    [one] Un caso le espera
   *[other] { $count } casos le esperan
}
mail-digest-lead = { $count ->
    [one] Un caso le espera. Recibe este aviso una vez al día porque últimamente hubo muchos; lo urgente sigue llegando enseguida.
   *[other] { $count } casos le esperan. Recibe este aviso una vez al día porque últimamente hubo muchos; lo urgente sigue llegando enseguida.
}
mail-digest-button = Abrir Hoy
