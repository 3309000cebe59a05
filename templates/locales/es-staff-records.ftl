# Expedientes enteros: dos de una persona, y los que ya no se conservan

section-look_alikes = Posibles duplicados
section-look_alikes-lead = Dos expedientes que quizá sean de una persona. Nada se une por sí solo.
pairs-title = Para comparar
pairs-none = No hay dos expedientes que se parezcan.
pairs-compare = Comparar
pairs-more = { $count ->
    [one] Y uno más.
   *[other] Y { $count } más.
}
likeness-name_and_birth_date = Mismo nombre y fecha de nacimiento
likeness-phone = Mismo número
likeness-email = Misma dirección de correo
merges-title = Unidos
merge-undone = Deshecho: { $who }
merge-undo = Deshacer
merge-undo-confirm = ¿Deshacer esta unión? Todo vuelve al expediente del que vino, con lo que se respondió desde entonces.
moved-episode = { $count ->
    [one] un tratamiento
   *[other] { $count } tratamientos
}
moved-appointment = { $count ->
    [one] una sesión
   *[other] { $count } sesiones
}
moved-packet = { $count ->
    [one] un cuestionario
   *[other] { $count } cuestionarios
}
moved-response = { $count ->
    [one] una respuesta
   *[other] { $count } respuestas
}
moved-care_case = { $count ->
    [one] un caso
   *[other] { $count } casos
}
moved-other = { $count ->
    [one] una entrada más
   *[other] { $count } entradas más
}
pair-title = ¿Una persona o dos?
pair-lead = Mire ambos expedientes antes de decidir. Si puede, corrija primero nombres y contactos: el expediente que conserva queda como está.
pair-what = Dato
pair-record = Expediente { $number }
pair-same = igual
holds-episodes = Tratamientos
holds-open = De ellos, abiertos ahora
holds-appointments = Sesiones
holds-completed = Cuestionarios respondidos
holds-waiting = Cuestionarios a la espera de respuesta
merge-title = Son una persona
merge-what-moves = Los tratamientos, sesiones, cuestionarios, respuestas y casos del otro expediente pasan al que conserva. Los enlaces ya enviados siguen funcionando.
merge-what-consents = Vale el consentimiento más estricto: a quien lo retiró en cualquiera de los dos no se le escribe por ese medio. Lo que falta en el expediente conservado se toma del otro.
merge-both-open = Ambos están en tratamiento. El del expediente que conserva sigue, con los cuestionarios abiertos y las sesiones próximas de los dos; el otro termina hoy y queda en el expediente. Un caso abierto sigue con su responsable.
merge-what-undo = La unión se puede deshacer en la página anterior.
merge-confirm = ¿Unir estos dos expedientes?
merge-button = Unir
merge-in-the-way = Ambos expedientes tienen una entrada de la que un paciente solo puede tener una. Termine una de ellas e inténtelo de nuevo; no se cambió nada.
field-kept = El expediente que conserva
apart-title = Son dos personas
apart-lead = La pareja no se vuelve a proponer.
apart-button = Dejarlos separados
flash-records-merged = Los dos expedientes son uno. Se puede deshacer más abajo.
flash-merge-undone = La unión se deshizo: los dos expedientes vuelven a estar por separado.
flash-kept-apart = Los dos siguen siendo dos y no se vuelven a proponer.
did-client-merge = Unió dos expedientes
did-client-merge_undo = Deshizo una unión
did-client-keep_apart = Dijo que dos expedientes son de dos personas
did-view-look_alikes = Miró los posibles duplicados
did-view-pair = Comparó dos expedientes
