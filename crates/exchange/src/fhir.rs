//! FHIR R4 with the extensions of Structured Data Capture: an instrument as a Questionnaire and back. What FHIR cannot say
//! (bands, cut-offs, missing-data rules, risk rules) is left out on the way out, and what this library cannot take is
//! named item by item on the way in. Nothing here talks to a server.

mod expression;
mod questionnaire_in;
mod questionnaire_out;

pub use questionnaire_in::{Taken, Untaken, read_questionnaire};
pub use questionnaire_out::{Exported, NoWording, questionnaire};

/// Where LOINC codes come from.
const LOINC: &str = "http://loinc.org";
/// Codes of answers without a LOINC code: the value itself.
const VALUES: &str = "urn:bellwether:answer-value";
/// Points of an answer option (R4).
const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
/// Points of an answer option (Extensions 5).
const WEIGHT: &str = "http://hl7.org/fhir/StructureDefinition/itemWeight";
const EXPRESSION: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";
/// The same as LHC-Forms wrote it before the guide gave it its address.
const EARLIER_EXPRESSION: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-calculatedExpression";
const ENABLE_WHEN: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression";
const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";
const ITEM_CONTROL: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl";
const CONTROLS: &str = "http://hl7.org/fhir/questionnaire-item-control";
const SLIDER_STEP: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-sliderStepValue";
const MIN_VALUE: &str = "http://hl7.org/fhir/StructureDefinition/minValue";
const MAX_VALUE: &str = "http://hl7.org/fhir/StructureDefinition/maxValue";
/// The display item that carries the sentence above the questions.
const STEM: &str = "stem";
/// The items that carry scores: `score-total`.
const SCORE: &str = "score-";
