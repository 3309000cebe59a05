# El propio curso del paciente, en español.

course-link = Ver cómo ha ido
course-title = Cómo ha ido hasta ahora
course-heading = Cómo ha ido hasta ahora
course-lead = Lo que ha respondido con el tiempo, en una imagen para cada cuestionario. Es para hablarlo y no es una nota.
course-first = Lo ha respondido una vez. A partir de la próxima vez verá cómo va.
course-better = Sus últimas respuestas son claramente mejores que las primeras.
course-same = Sus últimas respuestas están más o menos donde empezó. Subidas y bajadas así van y vienen.
course-harder = Sus últimas respuestas dicen que ahora es más difícil que cuando empezó. Pasa, y vale la pena hablarlo.
course-goal = Una meta en sus propias palabras: 0 es nada, 10 es alcanzada.
course-talk = Coméntelo con { $reader }.
course-talk-team = Coméntelo en su próxima sesión.
course-what = Los números son solo una parte de cómo está. Si algo es urgente, use el enlace de ayuda de arriba.
course-none = Todavía no hay nada que mostrar.
