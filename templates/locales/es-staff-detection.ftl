# Curso esperado del tratamiento, las reglas de detección y lo que valen, en español.

rule-probable_bad_end = Mejora improbable
rule-outside_band_twice = Fuera del curso esperado
rule-little_change = Poco cambio inicial
rule-two_rises = Peor dos veces seguidas
rule-worst_ever = El peor puntaje hasta ahora
rule-ceiling = Sin margen de mejora
reason-probable_bad_end = { $instrument } { $value } en la sesión { $session }: fuera del curso esperado, no se espera una mejora fiable ({ $probability } %)
reason-outside_band_twice = { $instrument } { $value }: dos veces seguidas fuera del curso esperado (límite { $threshold })
reason-little_change = { $instrument } { $value } en la sesión { $session }: menos de un { $threshold } % mejor que { $reference }
reason-two_rises = { $instrument } { $value }: peor dos veces seguidas, { $change } desde { $reference }
reason-worst_ever = { $instrument } { $value }: el peor puntaje hasta ahora (antes: { $reference })
reason-ceiling = { $instrument } empezó en { $reference }: no hay margen para una mejora fiable
short-probable_bad_end = { $instrument }: mejora improbable ({ $probability } %)
short-outside_band_twice = { $instrument } { $value }: fuera del curso esperado
short-little_change = { $instrument }: poco cambio en la sesión { $session }
short-two_rises = { $instrument } { $value }: peor dos veces seguidas
short-worst_ever = { $instrument } { $value }: el peor hasta ahora
short-ceiling = { $instrument }: sin margen de mejora

chart-expected = Línea de puntos: curso esperado desde el primer puntaje; la banda contiene el 80 % de los puntajes nuevos
chart-forecast = Línea discontinua: pronóstico con todos los puntajes, con su margen del 80 %
chart-expected-column = Esperado (80 %)
chart-ahead-expected = por venir, esperado desde el primer puntaje
chart-ahead-forecast = por venir, pronóstico con todos los puntajes
expectation-published = Banda construida a partir de cifras publicadas, no una curva publicada: { $source }; n = { $courses } tratamientos. Aún no comprobada en este centro.
expectation-practice = Banda aprendida de { $courses } tratamientos de este centro (modelo { $version }, { $dated }).
expectation-forecast-show = Mostrar el pronóstico con todos los puntajes
expectation-forecast-hide = Ocultar el pronóstico
expectation-forecast = { $scores ->
    [one] Con un puntaje: { $median } en la sesión { $session }, 80 % entre { $low } y { $high }.
   *[other] Con los { $scores } puntajes: { $median } en la sesión { $session }, 80 % entre { $low } y { $high }.
}
doubt-same_end = Las { $answers } respuestas están en el mismo extremo, también las de las { $reversed } preguntas que se hacen al revés. Es difícil que ambas cosas sean ciertas a la vez: pregunte antes de fiarse de esta puntuación.
doubt-hasty = Se contestaron { $answers } preguntas en { $seconds } s, más rápido de lo que se pueden leer. Pregunte antes de fiarse de esta puntuación.

signals-title = Lo último que dijeron las reglas
signals-expected = esperado { $band }
signals-probability = sin mejora fiable { $percent } %
signals-model = modelo { $model }
signals-rules = reglas { $rules }
agreement-uncalibrated = sin calibrar
agreement-calibrated = calibrado

because-functional_and_improved = En rango funcional y mejor de forma fiable: momento de planear el final.
because-too_few_scores = Menos de dos puntuaciones hasta ahora.
because-stale = La última puntuación es de hace más de 21 días.
because-below_caseness = La primera puntuación estaba por debajo del umbral clínico: hay poco que mejorar.
because-no_baseline = Ninguna puntuación de cerca de la primera sesión con que comparar: el cuestionario llegó tarde, o es nuevo en este proceso.

budget-alerts = Avisos y presupuesto
budget-alerts-lead = { $budget ->
    [one] A cada terapeuta se le comunica un aviso por separado en siete días; los demás llegan juntos, una vez al día. El peligro nunca cuenta.
   *[other] A cada terapeuta se le comunican { $budget } avisos por separado en siete días; los demás llegan juntos, una vez al día. El peligro nunca cuenta.
}
budget-look = Buscar umbrales dentro del presupuesto
budget-rules = Reglas
budget-a-week = Avisos por semana
budget-found = Malos finales detectados antes
budget-as-now = Como están ahora
budget-suggested = Sugerencia
budget-over = por encima del presupuesto
budget-unknown = muy pocos procesos
budget-try = Ver
budget-nobody = Ningún terapeuta tuvo puntuaciones en los últimos { $days } días.
budget-explain = Promedios de { $clinicians ->
    [one] un terapeuta
   *[other] { $clinicians } terapeutas
} y de los últimos { $days } días, con las funciones que juzgan las puntuaciones reales; los malos finales son procesos cerrados sin mejoría fiable, de todos los cuestionarios. Se sugiere, de lo que cabe en el presupuesto, lo que detecta más; si nada cabe, lo que da menos avisos. El empeoramiento fiable siempre permanece. Los cuestionarios con reglas propias no se cuentan.
