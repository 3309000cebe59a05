//! Writes every sample of every page, mail and text to a folder, to be looked at in a browser.
//!
//! `cargo run -p templates --example gallery -- FOLDER`

use std::path::PathBuf;

use templates::mail::{self, Mail};
use templates::report::{ClientReport, of_client};
use templates::text::{self, Text};
use templates::{Language, Page, Templates, asset_path, client, staff};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("usage: gallery FOLDER")?.into();
    let gallery = Gallery { templates: Templates::new()?, folder };
    std::fs::create_dir_all(gallery.folder.join("assets"))?;
    for name in ["client.css", "course.css", "client.js", "staff.css", "staff.js", "favicon.svg"] {
        let path = asset_path(name).ok_or("an asset is missing")?;
        let asset = templates::asset(path.trim_start_matches("/assets/")).ok_or("an asset is missing")?;
        std::fs::write(gallery.folder.join(path.trim_start_matches('/')), &asset.bytes)?;
    }
    gallery.page::<client::Landing>("landing")?;
    gallery.page::<client::Question>("question")?;
    gallery.page::<client::Review>("review")?;
    gallery.page::<client::Interruption>("interruption")?;
    gallery.page::<client::Help>("help")?;
    gallery.page::<client::ThankYou>("thank-you")?;
    gallery.page::<client::Course>("course")?;
    gallery.page::<client::Unavailable>("unavailable")?;
    gallery.page::<client::NewLinkSent>("new-link-sent")?;
    gallery.page::<client::Kiosk>("kiosk")?;
    gallery.page::<client::ProofPage>("proof")?;
    gallery.page::<client::Visit>("visit")?;
    gallery.page::<client::RaterPage>("rater")?;
    gallery.page::<client::Unsubscribe>("unsubscribe")?;
    gallery.page::<client::ErrorPage>("error")?;
    gallery.page::<templates::staff::StyleGuide>("style-guide")?;
    gallery.page::<staff::Login>("staff-login")?;
    gallery.page::<staff::SecondFactor>("staff-second-factor")?;
    gallery.page::<staff::EnrolTotp>("staff-enrol")?;
    gallery.page::<staff::RecoveryCodes>("staff-recovery-codes")?;
    gallery.page::<staff::ChoosePassword>("staff-choose-password")?;
    gallery.page::<staff::SignedOut>("staff-signed-out")?;
    gallery.page::<staff::Setup>("staff-setup")?;
    gallery.page::<staff::Today>("staff-today")?;
    gallery.page::<staff::Caseload>("staff-caseload")?;
    gallery.page::<staff::SearchResults>("staff-search")?;
    gallery.page::<staff::ClientPage>("staff-client")?;
    gallery.page::<staff::ClientPlan>("staff-client-plan")?;
    gallery.page::<staff::Goals>("staff-goals")?;
    gallery.page::<staff::Raters>("staff-raters")?;
    gallery.page::<staff::RaterEntry>("staff-rater-entry")?;
    gallery.page::<staff::AnswerEntry>("staff-answer-entry")?;
    gallery.page::<staff::HandOverCard>("staff-hand-over-card")?;
    gallery.page::<staff::KioskCard>("staff-kiosk-card")?;
    gallery.page::<staff::admin::Kiosks>("staff-admin-kiosks")?;
    gallery.page::<staff::admin::Delivery>("staff-admin-delivery")?;
    gallery.page::<staff::PaperForm>("staff-paper-form")?;
    gallery.page::<staff::CasePage>("staff-case")?;
    gallery.page::<staff::LeavePage>("staff-leave")?;
    gallery.page::<staff::SupervisionPage>("staff-supervision")?;
    gallery.page::<staff::AgendaPage>("staff-agenda")?;
    gallery.page::<staff::Outcomes>("staff-outcomes")?;
    gallery.page::<staff::Attendance>("staff-attendance")?;
    gallery.page::<staff::ClosedLoop>("staff-closed-loop")?;
    gallery.page::<staff::Leaks>("staff-leaks")?;
    gallery.page::<staff::Experiments>("staff-experiments")?;
    gallery.page::<staff::ExperimentPage>("staff-experiment")?;
    gallery.page::<staff::QuarterPack>("staff-quarter")?;
    gallery.page::<staff::OutreachPage>("staff-outreach")?;
    gallery.page::<staff::CapacityPage>("staff-capacity")?;
    gallery.page::<staff::Tasks>("staff-tasks")?;
    gallery.page::<staff::Outbox>("staff-outbox")?;
    gallery.page::<staff::MoveAppointment>("staff-appointment")?;
    gallery.page::<staff::Account>("staff-account")?;
    gallery.page::<staff::FreshCodes>("staff-fresh-codes")?;
    gallery.page::<staff::Looks>("staff-looks")?;
    gallery.page::<staff::ClientExport>("staff-client-export")?;
    gallery.page::<staff::ErrorPage>("staff-error")?;
    gallery.page::<staff::admin::AdminHome>("staff-admin")?;
    gallery.page::<staff::admin::StaffList>("staff-admin-staff-list")?;
    gallery.page::<staff::admin::StaffForm>("staff-admin-staff-form")?;
    gallery.page::<staff::admin::ClientList>("staff-admin-client-list")?;
    gallery.page::<staff::admin::ClientForm>("staff-admin-client-form")?;
    gallery.page::<staff::admin::Appointments>("staff-admin-appointments")?;
    gallery.page::<staff::admin::ProtocolForm>("staff-admin-protocol")?;
    gallery.page::<staff::admin::Planner>("staff-admin-planner")?;
    gallery.page::<staff::admin::Messages>("staff-admin-messages")?;
    gallery.page::<staff::admin::MessageEditor>("staff-admin-message-editor")?;
    gallery.page::<staff::admin::Instruments>("staff-admin-instruments")?;
    gallery.page::<staff::admin::InstrumentPage>("staff-admin-instrument")?;
    gallery.page::<staff::admin::WordingForm>("staff-admin-instrument-wording")?;
    gallery.page::<staff::admin::PreviewPage>("staff-admin-instrument-preview")?;
    gallery.page::<staff::admin::NewInstrumentForm>("staff-admin-instrument-new")?;
    gallery.page::<staff::admin::InstrumentDraft>("staff-admin-instrument-draft")?;
    gallery.page::<staff::admin::CrisisResources>("staff-admin-crisis")?;
    gallery.page::<staff::admin::Sites>("staff-admin-sites")?;
    gallery.page::<staff::admin::PracticeSettings>("staff-admin-settings")?;
    gallery.page::<staff::admin::Audit>("staff-admin-audit")?;
    gallery.page::<staff::admin::Placements>("staff-admin-placements")?;
    gallery.page::<staff::admin::ImportHome>("staff-admin-import-home")?;
    gallery.page::<staff::admin::ImportPage>("staff-admin-import")?;
    gallery.page::<staff::admin::ConsentWordings>("staff-admin-consents")?;
    gallery.page::<staff::admin::LookAlikes>("staff-admin-look-alikes")?;
    gallery.page::<staff::admin::RecordPair>("staff-admin-record-pair")?;
    gallery.page::<staff::admin::Retention>("staff-admin-retention")?;
    gallery.page::<staff::admin::ErasePage>("staff-admin-erase")?;
    gallery.page::<staff::admin::Phrases>("staff-admin-phrases")?;
    gallery.page::<staff::admin::Suggestions>("staff-admin-suggestions")?;
    gallery.page::<staff::admin::DetectionHome>("staff-admin-detection")?;
    gallery.page::<staff::admin::DetectionRules>("staff-admin-detection-rules")?;
    gallery.page::<staff::admin::Models>("staff-admin-models")?;
    gallery.page::<staff::admin::ModelCard>("staff-admin-model-card")?;
    gallery.reports()?;
    gallery.mail::<mail::Invite>()?;
    gallery.mail::<mail::Reminder>()?;
    gallery.mail::<mail::Appointment>()?;
    gallery.mail::<mail::Own>()?;
    gallery.mail::<mail::CaseOpened>()?;
    gallery.mail::<mail::CaseEscalated>()?;
    gallery.mail::<mail::CaseDigest>()?;
    gallery.mail::<mail::Missed>()?;
    gallery.mail::<mail::StaffInvite>()?;
    gallery.mail::<mail::PasswordReset>()?;
    gallery.text::<text::Invite>()?;
    gallery.text::<text::Reminder>()?;
    gallery.text::<text::Appointment>()?;
    gallery.text::<text::HelpReply>()?;
    gallery.text::<text::NotMonitoredReply>()?;
    gallery.text::<text::CaseOpened>()?;
    gallery.text::<text::CaseEscalated>()?;
    Ok(())
}

struct Gallery {
    templates: Templates,
    folder: PathBuf,
}

impl Gallery {
    fn write(&self, name: &str, content: &str) -> Result<(), Failure> {
        // Opened as files, the pages find their stylesheet beside them.
        Ok(std::fs::write(self.folder.join(name), content.replace("\"/assets/", "\"assets/"))?)
    }

    fn page<P: Page>(&self, name: &str) -> Result<(), Failure> {
        for &language in Language::ALL {
            for (n, sample) in P::samples().iter().enumerate() {
                let html = self.templates.render(sample, language)?;
                self.write(&format!("{name}-{n}.{}.html", language.as_str()), &html)?;
            }
        }
        Ok(())
    }

    /// The report of each sample of a client's page, as the file it becomes.
    fn reports(&self) -> Result<(), Failure> {
        let steps = staff::CasePage::samples().swap_remove(0).steps;
        for &language in Language::ALL {
            for (n, page) in staff::ClientPage::samples().iter().enumerate() {
                let steps: Vec<_> = page.cases.iter().map(|_| steps.clone()).collect();
                let dated = "Mar 10, 2026, 9:05\u{a0}AM".to_owned();
                let report = ClientReport { page, steps: &steps, dated, paper: print::Paper::Letter };
                let document = of_client(&self.templates, &report, language)?;
                let path = self.folder.join(format!("staff-client-report-{n}.{}.pdf", language.as_str()));
                std::fs::write(path, print::pdf(&document)?)?;
            }
        }
        Ok(())
    }

    fn mail<M: Mail>(&self) -> Result<(), Failure> {
        for &language in Language::ALL {
            for (n, sample) in M::samples().iter().enumerate() {
                let mail = self.templates.mail(sample, language)?;
                let stem = format!("{}-{n}.{}", M::FOLDER.replace('/', "-"), language.as_str());
                self.write(&format!("{stem}.html"), &mail.html)?;
                self.write(&format!("{stem}.txt"), &format!("{}\n\n{}", mail.subject, mail.text))?;
            }
        }
        Ok(())
    }

    fn text<T: Text>(&self) -> Result<(), Failure> {
        for &language in Language::ALL {
            for (n, sample) in T::samples().iter().enumerate() {
                let text = self.templates.text(sample, language)?;
                self.write(&format!("{}-{n}.{}", T::TEMPLATE.replace('/', "-"), language.as_str()), &text)?;
            }
        }
        Ok(())
    }
}
