//! Invented names and numbers. The 555-01xx numbers and example.org addresses belong to nobody.

/// First names of the invented clients, with the language they are likely to be asked in.
pub const FIRST_NAMES: &[&str] = &[
    "Ada", "Alma", "Amara", "Andrés", "Anika", "Ari", "Beatriz", "Ben", "Bianca", "Caleb", "Camila", "Carmen", "Chidi", "Clara",
    "Dario", "Delia", "Diego", "Dong-Hyun", "Elena", "Eli", "Emeka", "Esme", "Fatima", "Felix", "Gloria", "Grace", "Hana", "Hector",
    "Ines", "Iris", "Isaac", "Ivy", "Jamal", "Javier", "Joan", "Jonas", "Josefina", "Kai", "Keiko", "Lan", "Leila", "Leo", "Lucía",
    "Luis", "Malik", "Marisol", "Mateo", "Maya", "Mei", "Mira", "Nadia", "Naomi", "Nia", "Noah", "Nora", "Olga", "Omar", "Paloma",
    "Pablo", "Priya", "Quinn", "Rafael", "Ravi", "Rosa", "Ruth", "Sadie", "Samir", "Saúl", "Selma", "Silas", "Sofía", "Tariq", "Teo",
    "Thandi", "Theo", "Tomás", "Uma", "Vera", "Víctor", "Wren", "Xiomara", "Yara", "Yusuf", "Zoe",
];

/// Last names of the invented clients.
pub const LAST_NAMES: &[&str] = &[
    "Abara", "Aguilar", "Alder", "Amini", "Arroyo", "Ashby", "Barros", "Bell", "Benítez", "Birch", "Bravo", "Brook", "Cárdenas", "Castro",
    "Chen", "Cole", "Cruz", "Dahl", "Delgado", "Dove", "Duarte", "Ellis", "Espinoza", "Falk", "Farrow", "Fuentes", "Gallo", "Garza",
    "Glenn", "Hale", "Haruki", "Heath", "Herrera", "Holm", "Ibarra", "Iyer", "Jansen", "Joshi", "Kamau", "Kaur", "Khan", "Kim", "Lark",
    "Lemus", "Lindqvist", "Luna", "Marsh", "Medina", "Mensah", "Moreno", "Nakata", "Navarro", "Nguyen", "Oakes", "Ochoa", "Okafor",
    "Ortega", "Park", "Peña", "Petrov", "Quiroga", "Reyes", "Rivas", "Rowan", "Salas", "Sato", "Serrano", "Silva", "Sorensen", "Stone",
    "Tanaka", "Torres", "Vance", "Vargas", "Vega", "Walsh", "Weaver", "Winter", "Yilmaz", "Zamora",
];

/// The invented people of Harbor Lane Counseling: name, sign-in name, roles, site (0 North, 1 Bay, 2 both).
pub const STAFF: &[(&str, &str, &str, u8)] = &[
    ("Ana Ruiz", "clinician", "clinician", 0),
    ("Tomasz Lind", "tlind", "clinician", 0),
    ("Grace Okoye", "gokoye", "clinician", 0),
    ("Peter Strand", "pstrand", "clinician", 0),
    ("Lucía Marín", "lmarin", "clinician", 0),
    ("Dev Anand", "danand", "clinician", 1),
    ("Hope Winslow", "hwinslow", "clinician", 1),
    ("Karim Saleh", "ksaleh", "clinician", 1),
    ("June Takeda", "jtakeda", "clinician", 1),
    ("Miriam Katz", "supervisor", "clinician,supervisor", 0),
    ("Victor Amaya", "vamaya", "clinician,supervisor", 1),
    ("Ellen Harbor", "owner", "owner", 2),
    ("Sam Doyle", "admin", "admin", 2),
    ("Rita Flores", "intake", "intake", 2),
    ("Bill Novak", "biller", "biller", 2),
];

/// Area codes the invented numbers are spread over: each has the hundred numbers 555-0100 to 555-0199.
pub const AREA_CODES: &[u16] = &[206, 213, 310, 323, 408, 415, 503, 510, 530, 559, 619, 626, 650, 661, 707, 714, 760, 805, 818, 831];
