//! The columns of a file of clients, with the headers of other systems.

use crate::Column;

/// The columns of a file of clients.
pub const COLUMNS: &[Column] = &[
    Column::required(
        "external_id",
        "The client's id in the system the file comes from. Importing the same id again updates the same client.",
        &[
            "Client ID",
            "Patient ID",
            "Patient Number",
            "Patient GUID",
            "Chart Number",
            "MRN",
            "Account Number",
            "Client Code",
            "Client Number",
            "Record ID",
            "ID",
        ],
    ),
    Column::optional(
        "name",
        "The full name; \"Last, First\" is turned round. Or first_name and last_name.",
        &["Client Name", "Patient Name", "Full Name", "Client", "Patient", "Legal Name"],
    ),
    Column::optional(
        "first_name",
        "The first name.",
        &["First", "Given Name", "Legal First Name", "Client First Name", "Patient First Name"],
    ),
    Column::optional("middle_name", "The middle name.", &["Middle", "Middle Initial"]),
    Column::optional(
        "last_name",
        "The last name.",
        &["Last", "Surname", "Family Name", "Legal Last Name", "Client Last Name", "Patient Last Name"],
    ),
    Column::optional(
        "preferred_name",
        "The name the client likes to be called by.",
        &["Preferred First Name", "Goes By", "Nickname", "Name They Go By", "Chosen Name"],
    ),
    Column::optional(
        "birth_date",
        "Year-month-day, or with slashes when the order of month and day is clear.",
        &["Date of Birth", "DOB", "Birthday", "Client DOB", "Patient DOB"],
    ),
    Column::optional(
        "sex",
        "female or male, as norms of questionnaires use the word; anything else that says it is neither, or unknown, notes nothing.",
        &["Sex at Birth", "Birth Sex", "Legal Sex", "Administrative Sex", "Client Sex", "Patient Sex"],
    ),
    Column::optional(
        "email",
        "One address.",
        &["Email Address", "Client Email", "Patient Email", "Primary Email", "Personal Email", "Home Email"],
    ),
    Column::optional(
        "phone",
        "A number that can receive texts; without country code it is one of the practice's country.",
        &[
            "Mobile Phone",
            "Mobile",
            "Cell Phone",
            "Cell",
            "Mobile Number",
            "Text Phone",
            "Phone Number",
            "Primary Phone",
            "Client Phone",
            "Patient Phone",
        ],
    ),
    Column::optional("language", "en or es.", &["Preferred Language", "Primary Language", "Client Language"]),
    Column::optional("time_zone", "An IANA name such as America/Denver.", &["TZ", "Client Time Zone"]),
    Column::optional(
        "preferred_channel",
        "sms or email.",
        &["Contact Preference", "Preferred Contact Method", "Reminder Preference", "Preferred Contact"],
    ),
    Column::optional(
        "sms_consent",
        "yes, no, or the date of a yes. A yes needs its wording or its date. Empty: no texts.",
        &["Text Consent", "SMS Opt In", "Text Message Consent", "Text Permission", "Text OK", "Consent to Text"],
    ),
    Column::optional(
        "sms_consent_wording",
        "The version of the wording agreed to.",
        &["Text Consent Wording", "SMS Consent Version", "Text Consent Version"],
    ),
    Column::optional("sms_consent_date", "The day of the agreement.", &["Text Consent Date", "SMS Opt In Date"]),
    Column::optional(
        "email_consent",
        "yes, no, or the date of a yes. A yes needs its wording or its date. Empty: no mails.",
        &["Email Opt In", "Email Permission", "Email OK", "Consent to Email"],
    ),
    Column::optional("email_consent_wording", "The version of the wording agreed to.", &["Email Consent Version"]),
    Column::optional("email_consent_date", "The day of the agreement.", &["Email Opt In Date"]),
    Column::optional(
        "consent_wording",
        "The version of the wording, when it is the same for texts and mails.",
        &["Consent Version"],
    ),
    Column::optional(
        "consent_date",
        "The day of the agreement, when it is the same for texts and mails.",
        &["Consent Signed Date", "Date Consent Signed"],
    ),
    Column::optional("recipient", "client or guardian: who receives the messages.", &["Message Recipient", "Send To"]),
    Column::optional(
        "guardian_name",
        "A minor's guardian.",
        &[
            "Guardian",
            "Parent Name",
            "Parent/Guardian",
            "Parent or Guardian Name",
            "Legal Guardian",
            "Responsible Party",
        ],
    ),
    Column::optional(
        "guardian_relation",
        "How they are related.",
        &["Guardian Relationship", "Relationship to Guardian", "Responsible Party Relationship"],
    ),
    Column::optional(
        "guardian_phone",
        "The guardian's number.",
        &[
            "Guardian Mobile",
            "Guardian Mobile Phone",
            "Parent Phone",
            "Guardian Phone Number",
            "Responsible Party Phone",
        ],
    ),
    Column::optional(
        "guardian_email",
        "The guardian's address.",
        &["Parent Email", "Guardian Email Address", "Responsible Party Email"],
    ),
    Column::optional(
        "emergency_contact_name",
        "Whom to call in an emergency.",
        &["Emergency Contact", "Emergency Name"],
    ),
    Column::optional(
        "emergency_contact_relation",
        "How they are related.",
        &["Emergency Contact Relationship", "Emergency Relationship"],
    ),
    Column::optional(
        "emergency_contact_phone",
        "Their number.",
        &["Emergency Phone", "Emergency Contact Phone Number", "Emergency Contact Number"],
    ),
    Column::optional(
        "site",
        "The site's name or external id.",
        &["Location", "Office", "Primary Location", "Clinic", "Clinic Location", "Office Location"],
    ),
];
