# Lo que lee el personal, en español.

product = Bellwether
nav-label = Principal
nav-today = Hoy
nav-caseload = Pacientes
nav-supervision = Supervisión
nav-admin = Administración
nav-outbox = Bandeja de salida
nav-open = { $count ->
    [one] caso abierto
   *[other] casos abiertos
}
role-clinician = Terapeuta
role-supervisor = Supervisión
role-intake = Recepción
role-biller = Facturación
role-owner = Dirección
role-admin = Administración
log-out = Cerrar sesión

# Reasons of a case or a signal: the gravest three are shown
reasons-more = { $count ->
    [one] un motivo más
   *[other] { $count } motivos más
}

# The style guide, seen by those who build pages
style-guide-title = Guía de estilo
style-guide-lead = Todas las piezas de las páginas del personal, con las clases y componentes que las forman.
