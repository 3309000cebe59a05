# Lo que otros dicen de una persona, en español.

raters = Cómo lo ven otros
raters-lead = Lo que dice un padre, una pareja o el profesional, junto a lo que dice la persona. Cada uno se dibuja aparte.
raters-rule = Las respuestas de otros no forman parte de ninguna puntuación, señal ni resultado de la persona. Lo que digan sobre un peligro abre un caso como su propia respuesta.
raters-open = Preguntar a alguien, valorarlo usted
raters-own = Como profesional
raters-rate = Valorar ahora
raters-people = Personas cercanas
raters-nobody = No se pregunta a nadie.
raters-agreed = Acordado el { $day }, lo anotó { $with }
raters-ended = Ya no se le pregunta desde el { $day }
raters-due = Pendiente desde el { $day }, según el protocolo
raters-link = Tarjeta con enlace
raters-paper = Pasar del papel
raters-no-form = La biblioteca no tiene un cuestionario en este idioma que otra persona pueda contestar sobre esta persona.
raters-end = Dejar de preguntar
raters-new = Preguntar a otra persona
raters-consent = La persona, o quien decide por ella, está de acuerdo en que se le pregunte.
raters-add = Añadir
raters-unscored = { $forms ->
    [one] Contestado una vez; no se pudo puntuar.
   *[other] Contestado { $forms } veces; ninguna se pudo puntuar.
}
raters-by-clinician = profesional
rater-entry = Lo que dice otra persona
rater-entry-own = Su propia visión de { $name }
rater-entry-paper = Lo que { $who } dice de { $name }
rater-entry-when = Cuándo se contestó
rater-entry-do = Guardar

relation-parent = padre o madre
relation-partner = pareja
relation-relative = familiar
relation-caregiver = persona que cuida
relation-teacher = docente
relation-other = otra

field-person_name = Nombre
field-relation = Qué es de la persona
field-person_contact = Número o dirección
field-person_language = Idioma que lee
field-agreed = Consentimiento
hint-person_contact = Para su propio uso. No se envía nada ahí.

# Lo que queda escrito.
did-view-raters = Abrió lo que otros dicen de la persona
did-collateral-agree = Añadió a alguien a quien se pregunta por la persona
did-collateral-end = Dejó de preguntar a alguien por la persona
did-collateral-hand_out = Entregó un enlace a alguien cercano
did-rater-take = Recogió lo que otra persona dice

# La página de quien contesta.
rater-title = Algunas preguntas sobre alguien que conoce
rater-lead = Se le preguntó cómo está alguien cercano. Conteste sobre esa persona, como usted la ve, y no sobre usted.
rater-what = Lo lee su equipo de atención. Puede dejar sin contestar lo que no sepa. El enlace funciona hasta el { $day }, una vez.
rater-nothing = Conteste al menos una pregunta.
rater-wrong = Vuelva a mirar la pregunta { $number }.
rater-skip = Sin contestar
rater-send = Enviar las respuestas
rater-thanks = Gracias
rater-after = Sus respuestas han llegado. Las lee el equipo de atención.
rater-danger = Ha dicho algo que nos preocupa. Si alguien está en peligro ahora, no nos espere:
rater-not-watched = Nadie vigila estas respuestas a todas horas.
