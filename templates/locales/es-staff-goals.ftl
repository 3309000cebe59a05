# Metas propias
goals = Metas
goals-lead = En las propias palabras de la persona, acordadas juntos: hasta { $most } a la vez.
goals-none = Todavía no se han acordado metas.
goals-full = Se siguen { $most } metas a la vez. Termine una para acordar otra.
goals-rule = Las metas son de esta persona. Sus valoraciones no forman parte de ninguna estadística, señal ni mensaje.
goals-open = Acordar metas, valorarlas, terminarlas
goal-word = Meta
goal-number = Meta { $n }
goal-agreed = Acordada el { $day } con { $with }
goal-reached = Alcanzada el { $day }
goal-dropped = Dejada el { $day }
goal-earlier = Palabras anteriores
goal-earlier-since = acordadas el { $day }, { $times ->
    [0] sin valorar
    [one] valoradas una vez
   *[other] valoradas { $times } veces
}
goal-unrated = Aún sin valorar.
goal-rate = Guardar valoración
goal-change = Otras palabras, o terminarla
goal-reword = Guardar palabras nuevas
goal-do-reached = Alcanzada
goal-do-dropped = Dejarla
goal-new = Una meta nueva
goal-agree = Acordarla
field-goal_text = La meta, en palabras de la persona
hint-goal_text = Algo que la persona quiere que sea distinto, hasta 200 caracteres.
hint-goal_reword = Las palabras nuevas son una versión nueva; las valoraciones anteriores quedan con las anteriores.
field-goal_rating = Qué tan cerca está, según la persona
hint-goal_rating = Un número entero: 0 es nada, 10 es alcanzada.

# Lo que dice de ellas el registro, y de un cuestionario que sigue
did-view-goals = Abrió las metas de la persona
did-goal-agree = Acordó una meta con la persona
did-goal-reword = Puso una meta en otras palabras
did-goal-rate = Registró la valoración de una meta
did-goal-end = Terminó una meta
did-packet-step = Un cribado pasó a más preguntas
did-packet-step_back = Un cribado dejó de pedir más preguntas
