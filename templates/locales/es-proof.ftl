# Lo que un paciente muestra antes de que se abra un cuestionario, en español.

proof-title = Un paso más
proof-lead-birth_date = Escriba la fecha de nacimiento de la persona a quien va este cuestionario, para que nadie más pueda abrirlo.
proof-lead-pin = Escriba el PIN que le dio { $practice }, para que nadie más pueda abrir este cuestionario.
proof-birth_date = Fecha de nacimiento
proof-day = Día
proof-month = Mes
proof-year = Año
proof-choose = Elija
proof-month-1 = enero
proof-month-2 = febrero
proof-month-3 = marzo
proof-month-4 = abril
proof-month-5 = mayo
proof-month-6 = junio
proof-month-7 = julio
proof-month-8 = agosto
proof-month-9 = septiembre
proof-month-10 = octubre
proof-month-11 = noviembre
proof-month-12 = diciembre
proof-pin = Su PIN
proof-unreadable = Falta algo
proof-wrong = No es lo que tenemos registrado
proof-again = Inténtelo de nuevo
proof-locked = Llámenos, por favor
proof-locked-lead = Hubo demasiados intentos. { $minutes ->
    [one] Puede intentarlo de nuevo en un minuto.
   *[other] Puede intentarlo de nuevo en { $minutes } minutos.
} También podemos darle acceso enseguida.
proof-cannot = ¿No puede entrar?
proof-call = Llame a { $practice }: le ayudamos a abrir el cuestionario, o le hacemos las preguntas por teléfono.
proof-crisis = Si necesita ayuda ahora mismo
