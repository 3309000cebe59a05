# Lo que leen los pacientes en sus páginas, en español. Correos y mensajes de texto: es-mail.ftl.

# Around every page
skip = Ir al contenido
check-in = Cuestionario
check-in-title = Su cuestionario
help-link = ¿Necesita ayuda?
larger-text = Letra más grande
back = Atrás
continue = Continuar
start = Empezar
not-watched = Nadie vigila sus respuestas las 24 horas. Si necesita a alguien ahora, use «¿Necesita ayuda?» en la parte de arriba de la página.
not-watched-here = Nadie vigila sus respuestas las 24 horas.

# Landing
landing-lead = Unas preguntas breves sobre cómo le va.
landing-begun = Qué bueno que está de vuelta. Sus respuestas están guardadas y sigue donde se quedó.
landing-how-long = Cuánto tarda
landing-minutes = { $minutes ->
    [one] Alrededor de 1 minuto
   *[other] Alrededor de { $minutes } minutos
}
landing-questions = { $questions ->
    [one] 1 pregunta
   *[other] { $questions } preguntas
}
landing-at-most = , como máximo { $most } según lo que responda
landing-who = Quién lo lee
landing-reader = { $reader } y las personas de { $practice } que comparten la responsabilidad de su atención.
landing-team = Las personas de { $practice } responsables de su atención.
landing-why = Para qué sirve
landing-purpose = Para preparar su próxima sesión y notar a tiempo si algo no está ayudando.
landing-pause = No hay respuestas buenas ni malas. Puede parar cuando quiera y seguir después con el mismo enlace.
landing-open-until = Funciona hasta el { $day }.

# Questions
question-title = Pregunta { $n } de { $total } – Cuestionario
question-title-open = Pregunta { $n } – Cuestionario
question-count = { $n } de { $total }
question-follows = { $more ->
    [one] Sigue una pregunta más
   *[other] Siguen { $more } preguntas más
} sobre lo mismo. { $answered ->
    [one] Su respuesta a la primera también cuenta aquí.
   *[other] Sus respuestas a las primeras { $answered } también cuentan aquí.
}
question-count-open = Pregunta { $n }
question-taps = Al tocar una respuesta, se avanza. Puede volver atrás.
decline = Prefiero no responder
declined = Eligió no responder esta pregunta.
goal-asked = ¿Qué tan cerca está hoy de esta meta suya?
goal-low = 0: nada
goal-high = 10: alcanzada
goal-yours = Sus metas:
preview-note = Es una vista previa: no se guarda nada.
preview-leave = Volver al instrumento
problem-words = Escriba algo o elija «Prefiero no responder».
line-unset = Sin respuesta todavía
line-of = { $value } de 10
line-number = Escribir un número
line-label = Un número de 0 («{ $low }») a 10 («{ $high }»)
offline = Guardado en este teléfono: se enviará cuando vuelva la conexión
error-prefix = Error:
problem-heading = Falta algo
problem-choose = Elija la respuesta que mejor le describa
problem-mark = Marque un lugar en la línea o escriba un número de 0 a 10
problem-range = Escriba un número de 0 a 10, por ejemplo 6 o 6.5

# The last look
review-title = Antes de enviar – Cuestionario
review-heading = ¿Todo bien para enviarlo?
review-complete = { $answered ->
    [one] Respondió la pregunta.
   *[other] Respondió las { $answered } preguntas.
}
review-gaps = { $unanswered ->
    [one] Una pregunta quedó sin respuesta. No pasa nada. También puede volver a ella.
   *[other] { $unanswered } preguntas quedaron sin respuesta. No pasa nada. También puede volver a ellas.
}
review-go = Pregunta { $n }
words-label = ¿Hay algo que quiera decir con sus palabras? (opcional)
words-hint = Se guarda con sus respuestas y se lee antes de su próxima sesión, no a todas horas.
review-send = Enviar mis respuestas
review-final = Después de enviarlas, las respuestas ya no se pueden cambiar.

# The receipt
thanks-heading = Gracias
thanks-already = Ya está completado
thanks-arrived = Recibimos sus respuestas.
thanks-kept = Ya había enviado este cuestionario. No queda nada por hacer.
thanks-amended = Este cuestionario ya se había enviado con otras respuestas. Guardamos las dos versiones; no se pierde nada.
thanks-next = Qué sigue
thanks-reader-session = { $reader } las verá antes de su sesión del { $session }.
thanks-reader = { $reader } las verá antes de su próxima sesión.
thanks-session = Su equipo las verá antes de su sesión del { $session }.
thanks-team = Su equipo las verá antes de su próxima sesión.
thanks-talk = Puede hablar de cualquier punto cuando se vean.
thanks-received = Recibido: { $received }.
thanks-close = Puede cerrar esta página.

# Interruption and help
pause-title = Antes de seguir – Cuestionario
pause-heading = Antes de seguir
pause-lead = Gracias por decirlo. Su respuesta está guardada y se avisará a { $reader }.
pause-lead-team = Gracias por decirlo. Su respuesta está guardada y se avisará a su equipo.
pause-now = Si piensa en hacerse daño o le cuesta mantenerse a salvo, puede hablar con alguien ahora mismo:
pause-continue = Continuar con mi cuestionario
help-title = Ayuda ahora
help-heading = Hable con alguien ahora
help-lead = No hace falta saber con certeza si es una emergencia. Cualquiera de estos lugares es un buen comienzo.
help-call = Llamar al { $number }
help-text = Mensaje al { $number }
help-text-keyword = Enviar { $keyword } al { $number }
help-web = Chat en { $name }
help-history = Esta página queda en el historial de su navegador hasta que la borre.

# Links that do not work
unavailable-title = Este enlace no está disponible
unavailable-heading = Este enlace no está disponible
unavailable-lead = Puede que haya vencido o que haya uno más nuevo.
unavailable-offer = Si tiene un cuestionario con nosotros, podemos enviar un enlace nuevo al teléfono o correo que tenemos registrado.
unavailable-send = Enviarme un enlace nuevo
unavailable-else = ¿Algo más? Llame a su consultorio. El número está en su tarjeta de citas.
new-link-title = Revise sus mensajes
new-link-heading = Revise sus mensajes
new-link-lead = Si hay un cuestionario pendiente para usted, un enlace nuevo va en camino al teléfono o correo registrado. Puede tardar unos minutos.

# Opting out of mail
unsubscribe-title = Dejar de recibir correos
unsubscribe-heading = ¿Dejar de recibir correos de este consultorio?
unsubscribe-lead = Ya no recibirá cuestionarios ni recordatorios por correo.
unsubscribe-button = No recibir más correos
unsubscribe-keep = Sus citas no cambian. Si cambia de opinión, avise a su consultorio cuando quiera.
unsubscribe-done = Ya no recibirá correos
unsubscribe-after = Quedó registrado ahora mismo. Si cambia de opinión, avise a su consultorio.

# Errors
error-title = No funcionó
error-not-found = Esta página no existe
error-not-found-lead = Puede que la dirección esté mal escrita. Use el enlace de su mensaje.
error-too-many = Un momento, por favor
error-too-many-lead = Hubo muchos intentos en poco tiempo. Espere unos minutos y vuelva a intentarlo.
error-broken = Algo falló de nuestro lado
error-broken-lead = Lo que respondió antes está guardado. Vuelva a intentarlo en un minuto.
error-invalid = No pudimos leer eso
error-invalid-lead = Faltaba algo en el formulario o llegó dañado. Vuelva atrás e inténtelo otra vez.
error-stale = Esta página estuvo abierta mucho tiempo
error-stale-lead = Abra otra vez el enlace de su mensaje. Lo que respondió antes está guardado.
error-back = Volver a mi cuestionario
error-reference = Si nos llama por esto, diga este número: { $reference }

kiosk-pair = Preparar este dispositivo
kiosk-pair-lead = Escriba el código que muestra la página de administración. Sirve durante una hora.
kiosk-pair-code = Código de emparejamiento
kiosk-pair-do = Emparejar este dispositivo
kiosk-pair-again = Este código no sirve
kiosk-again = Escríbalo otra vez
kiosk-ready = Le damos la bienvenida
kiosk-ready-lead = Escriba, por favor, el código que le dieron.
kiosk-code = Su código
kiosk-begin = Empezar
kiosk-wrong = Este código no es correcto
kiosk-nothing = No hay nada pendiente
kiosk-nothing-lead = Hoy no hay preguntas para usted. Si las esperaba, dígalo en recepción, por favor.
kiosk-start-over = Volver al inicio
kiosk-locked = Pregunte en recepción, por favor
kiosk-locked-lead = Demasiados códigos no eran correctos. Este dispositivo volverá a aceptar códigos en 15 minutos.

visit-title = Su cita
visit-lead = { $practice } le espera.
visit-when = Cuándo
visit-where = Dónde
visit-ask = ¿Puede venir?
visit-do-confirmed = Sí, iré
visit-do-cancelled = No, cancélenla, por favor
visit-do-rebook = Necesito otra hora
visit-do-video = Prefiero una videollamada
visit-said-confirmed = Gracias. Le esperamos.
visit-said-cancelled = Su cita está cancelada. Le llamaremos para acordar otra.
visit-said-rebook = Le llamaremos para acordar otra hora. Hasta entonces, esta cita se mantiene.
visit-said-video = Nos pondremos en contacto para la videollamada. Hasta entonces, esta cita se mantiene como está.
visit-change = ¿Ha cambiado de opinión?
visit-gone = Esta cita ya pasó o tiene otra hora
visit-gone-lead = Si tiene preguntas sobre sus citas, llame a su consulta, por favor.
