# Lo que los pacientes ven de su propio curso: el ajuste del centro, la elección para un paciente y el registro, en español.

field-progress = Lo que los pacientes ven de su propio curso
progress-symptoms = Síntomas y bienestar
progress-nothing = Nada
hint-progress = Después de un cuestionario, con palabras sencillas. Cómo fue el trabajo conjunto no se muestra nunca. Para un paciente se puede elegir otra cosa.
progress-title = Lo que ve el paciente
progress-practice = Como dicen los ajustes del centro
progress-show = Mostrarlo en la sesión
progress-save = Guardar la elección
did-progress-choose = Eligió lo que un paciente ve de su propio curso
did-view-progress = Mostró a un paciente su propio curso
