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

section-retention = Conservar y borrar
section-retention-lead = Cuánto tiempo se conservan los expedientes, y los que ya no se conservan. Nada se borra por sí solo.
retention-rule = La regla del consultorio
retention-none = No hay nada decidido: se conservan todos los expedientes y no se propone ninguno.
retention-decided = Decidida por { $who }. La regla propone; borran las personas.
field-retention_years = Años tras el último alta
hint-retention_years = Pregunte a su asesoría qué rige para ustedes. Vacío: se conserva todo.
field-minor_age = Menores: hasta esta edad
field-minor_years = y tantos años más
hint-minor_age = Para quien era menor al alta; cuenta el día más tardío. Ambos vacíos: como los adultos.
field-stays = Qué queda
hint-stays = Las cifras no llevan nombre, dirección ni palabras, pero sí fechas: quien las conozca quizá reconozca a la persona. No son anónimas en sentido estricto.
kept-nothing = Nada, salvo que hubo un expediente
kept-figures = Respuestas, puntuaciones, sesiones y casos sin nombre
field-retention_source = De dónde viene la regla
hint-retention_source = Ley, contrato o norma del colegio, con su fecha.
retention-save = Poner la regla en vigor
retention-due = Expedientes cuyo plazo pasó
retention-due-lead = Los propone la regla. Alguien mira cada uno y decide.
retention-nothing-due = Ninguno.
retention-ended = Terminó el { $day }
retention-until = a conservar hasta el { $day }
retention-unknown = falta la fecha de nacimiento: mire antes de decidir
retention-look = Mirar
erasures-title = Pedidos y borrados
erasure-asked = Pedido por { $who }
erasure-done = Borrado por { $who }
erasure-waits = En espera
ground-request = Lo pidió el paciente
ground-retention = Pasó su plazo
ground-mistake = Se creó por error
erase-title = Borrar un expediente
erase-lead = Nombres, contactos, notas y mensajes se destruyen y no se pueden recuperar. La auditoría conserva solo identificadores.
erase-id = Expediente
erase-hindered = Ahora no se puede borrar
erasure-open-case = Hay un caso abierto. Ciérrelo primero.
erasure-open-episode = Hay un tratamiento abierto. Dé de alta al paciente primero.
erasure-kept-until = La regla del consultorio lo conserva hasta el { $day }.
erasure-birth-date-unknown = La regla del consultorio es otra para menores, y falta la fecha de nacimiento.
erase-asked = Alguien lo pidió
erase-wait = Lo pidió usted: podrá borrarlo desde el { $when }. Otra persona puede hacerlo ya.
erase-confirm = ¿Borrar este expediente para siempre?
erase-button = Borrar para siempre
erase-withdraw = Retirar la petición
erase-ask = Pedir que se borre
erase-ask-lead = Lo borra otra persona de dirección o administración, o usted a las dos semanas. Hasta entonces cualquiera de ustedes puede retirar la petición.
erase-ask-button = Pedir el borrado
field-ground = Por qué
field-erasure_reason = En palabras
hint-erasure_reason = Qué se pidió, quién, y qué ley lo permite. Se destruye con el expediente.
field-erasure_word = Para confirmar
hint-erasure_word = Escriba { $word }, el final del identificador.
wrong-erasure-word = no coincide con el final del identificador
concern-retention_due = Según la regla del consultorio, pasó el plazo de algunos expedientes.
flash-erasure-asked = El borrado está pedido.
flash-erasure-withdrawn = La petición se retiró. No se borró nada.
flash-record-erased = El expediente se borró.
did-retention-decide = Decidió cuánto se conservan los expedientes
did-erasure-ask = Pidió el borrado de un expediente
did-erasure-withdraw = Retiró una petición de borrado
did-client-erase = Borró un expediente
did-client-erase_again = Borró otra vez un expediente tras una restauración
did-view-retention = Miró los expedientes cuyo plazo pasó
did-view-erasure = Miró un expediente por borrar
client-erase = Borrar este expediente
