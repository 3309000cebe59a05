# Lo que un paciente muestra antes de que se abra un cuestionario: ajustes, elección, recepción y registro, en español.

field-proof = Antes de abrir un cuestionario, los pacientes muestran
proof-setting-off = Nada: basta el enlace
proof-setting-birth_date = Su fecha de nacimiento
proof-setting-pin = Un PIN que usted les da
hint-proof = Se pide una vez por dispositivo y cuestionario; no en la tableta de la sala de espera, donde lo abre un código. A quien no tiene fecha de nacimiento o PIN registrado no se le pide nada. Puede elegirse otra cosa para un paciente.

proof-card = Lo que muestra el paciente
proof-now-off = No se pide nada: basta el enlace.
proof-now-birth_date = Se pide la fecha de nacimiento.
proof-now-pin = Se pide el PIN.
proof-missing-birth_date = Debería pedirse la fecha de nacimiento y no hay ninguna registrada: el enlace solo abre los cuestionarios.
proof-missing-pin = Debería pedirse un PIN y no hay ninguno: el enlace solo abre los cuestionarios.
proof-pin-since = PIN fijado el { $day }
proof-locked-until = Demasiados intentos fallidos. Bloqueado hasta { $when }.
proof-unlock = Permitir que lo intente ahora
proof-choice-practice = Según los ajustes de la consulta
proof-choice-off = Nada: basta el enlace
proof-choice-birth_date = Fecha de nacimiento
proof-choice-pin = PIN
field-proof-choice = Se pide
field-pin = Nuevo PIN
hint-pin = De 4 a 8 dígitos; vacío conserva el que hay. No se puede leer después: dígaselo ahora al paciente.
proof-save = Guardar
wrong-pin = De 4 a 8 dígitos, y no el mismo dígito repetido ni dígitos seguidos
task-locked_out = No pudo abrir un cuestionario
task-locked_out-todo = Alguien se equivocó demasiadas veces con la fecha de nacimiento o el PIN. Llame al paciente: ¿fue él? Corríjalo en su página o envíe un enlace nuevo.
did-proof-choose = Eligió lo que un paciente muestra antes de abrir un cuestionario
did-proof-set_pin = Fijó el PIN de un paciente
did-proof-lock = Un cuestionario se bloqueó tras intentos fallidos
did-proof-unlock = Permitió que un paciente lo intentara de nuevo
