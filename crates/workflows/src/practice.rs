//! The practice itself: set up, its settings, its sites and who is on call, the help it shows to clients, the wordings it
//! has read, and the front desk's tasks.

mod crisis_resources;
mod settings;

pub use crisis_resources::{CrisisForm, replace_crisis_resources, start_crisis_resources, starting_crisis_resources};
pub use settings::{PracticeForm, add_holiday, problems_of, remove_holiday, update};

use crate::access::require;
use crate::field::Form;
use crate::{Context, Error, Result, audit, consent_wording, planning, protocol, staff};
use care::access::{Action, Viewer};
use care::practice::{Practice, Settings, Site, Task};
use care::staff::{Actor, Role, Shortcut, Staff, StaffState};
use care::{Language, Phi, PracticeId, SiteId, StaffId, TaskId};
use instruments::LanguageStatus;
use store::{InstanceTx, Tx};

/// A practice to set up, as typed.
#[derive(Debug, Clone)]
pub struct NewPractice {
    /// Full name.
    pub name: String,
    /// The neutral name clients see: at most 30 characters of GSM-7.
    pub display_name: String,
    /// The number clients may call.
    pub phone: String,
    /// Language where a person has none of their own.
    pub language: Language,
    /// IANA zone of the practice and its first site.
    pub zone: String,
    /// Name of the first site.
    pub site: String,
    /// The owner's name.
    pub owner_name: Phi<String>,
    /// The owner's address for sign-in.
    pub owner_email: Phi<String>,
    /// What the owner does besides owning and administering, such as treating.
    pub owner_roles: Vec<Role>,
}

/// What was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    /// The practice.
    pub practice: PracticeId,
    /// Its first site.
    pub site: SiteId,
    /// Its owner, who can sign in.
    pub owner: StaffId,
}

/// Sets up the first practice of a deployment. The caller has checked the one-time set-up token and the password
/// ([`crate::password::check`]) and hashed it. [`Error::Conflict`] when there is a practice already.
pub async fn set_up(
    tx: &mut InstanceTx,
    ctx: &Context,
    new: &NewPractice,
    password_hash: &Phi<String>,
) -> Result<SetUp> {
    if !store::practice::ids(tx).await?.is_empty() {
        return Err(Error::Conflict);
    }
    create(tx, ctx, new, password_hash).await
}

/// Creates a practice with its first site, its owner, the usual protocol and the published crisis resources
/// ([`starting_crisis_resources`]), which an administrator then checks.
pub async fn create(
    tx: &mut InstanceTx,
    ctx: &Context,
    new: &NewPractice,
    password_hash: &Phi<String>,
) -> Result<SetUp> {
    let mut form = Form::default();
    let name = form.line("practice", &new.name, 120);
    let display_name = form.gsm_line("display_name", &new.display_name, settings::DISPLAY_NAME);
    let phone = settings::required_phone(&mut form, "phone", &new.phone);
    let zone = settings::required_zone(&mut form, "zone", &new.zone);
    let site = form.line("site", &new.site, 80);
    let owner_name = form.line("owner_name", new.owner_name.text(), 100);
    form.expect("email", "wrong-required", || !new.owner_email.text().trim().is_empty());
    let email = form.email("email", new.owner_email.text()).unwrap_or_default();
    form.finish()?;
    let practice = Practice {
        id: ctx.id(PracticeId::new),
        name,
        display_name,
        phone,
        language: new.language,
        zone: zone.clone(),
        settings: Settings::default(),
        created_at: ctx.now(),
    };
    let tx = tx.within(&practice.id);
    store::practice::insert(tx, &practice).await?;
    let mut roles = vec![Role::Owner, Role::Admin];
    roles.extend(new.owner_roles.iter().copied());
    roles.sort_unstable();
    roles.dedup();
    let owner = Staff {
        id: ctx.id(StaffId::new),
        name: Phi::new(owner_name),
        email: Phi::new(email),
        phone: None,
        language: new.language,
        state: StaffState::Active,
        backup_id: None,
        shortcut: Shortcut::On,
        roles,
        sites: Vec::new(),
    };
    // Until somebody else is named, the owner is whom the practice calls.
    let site = Site {
        id: ctx.id(SiteId::new),
        name: site,
        zone,
        on_call_id: Some(owner.id.clone()),
        before_session_hours: None,
    };
    store::site::insert(tx, &site).await?;
    store::crisis_resource::replace_all(tx, &starting_crisis_resources(ctx)).await?;
    store::consent_wording::publish(tx, &consent_wording::starting(ctx)).await?;
    if !store::staff::insert(tx, &owner, ctx.now()).await? {
        return Err(Error::invalid("email", "wrong-taken"));
    }
    store::staff::set_password(tx, &owner.id, password_hash.text()).await?;
    let by = Actor::Staff(owner.id.clone());
    audit::write(tx, ctx, &by, "practice.create", "practice", practice.id.as_str());
    protocol::put_in_force(tx, ctx, &by, &protocol::usual()).await?;
    Ok(SetUp { practice: practice.id, site: site.id, owner: owner.id })
}

/// A site, as typed.
#[derive(Debug, Clone, Default)]
pub struct SiteForm {
    /// Name.
    pub name: String,
    /// IANA zone.
    pub zone: String,
    /// Hours before a session at which its check-in is sent here; empty where it goes by the practice's.
    pub before_session_hours: String,
}

/// Adds a site.
pub async fn add_site(tx: &mut Tx, ctx: &Context, by: &Viewer, typed: &SiteForm) -> Result<SiteId> {
    require(by, Action::Administer)?;
    let site = checked_site(tx, ctx.id(SiteId::new), typed, None).await?;
    store::site::insert(tx, &site).await?;
    audit::write(tx, ctx, &staff::actor(by), "site.add", "site", site.id.as_str());
    Ok(site.id)
}

/// Changes a site's name, zone and hours. With other hours the check-ins of its open episodes are planned anew.
pub async fn edit_site(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &SiteId, typed: &SiteForm) -> Result<()> {
    require(by, Action::Administer)?;
    let before = store::site::find(tx, id).await?.ok_or(Error::NotFound)?;
    let after = checked_site(tx, id.clone(), typed, before.on_call_id.clone()).await?;
    store::site::update(tx, &after).await?;
    let mut entry = audit::entry(ctx, &staff::actor(by), "site.edit", "site", id.as_str());
    if before.before_session_hours != after.before_session_hours {
        let said = |hours: Option<u32>| hours.map_or("none".to_owned(), |hours| hours.to_string());
        let change = format!("{} -> {}", said(before.before_session_hours), said(after.before_session_hours));
        entry = entry.with("before_session_hours", change);
        let episodes = store::site::open_episodes(tx, Some(id)).await?;
        planning::again(tx, ctx, episodes).await?;
    }
    tx.audit(entry);
    Ok(())
}

async fn checked_site(tx: &mut Tx, id: SiteId, typed: &SiteForm, on_call_id: Option<StaffId>) -> Result<Site> {
    let mut form = Form::default();
    let name = form.line("name", &typed.name, 80);
    let zone = settings::required_zone(&mut form, "zone", &typed.zone);
    let hours = typed.before_session_hours.trim();
    let before_session_hours = hours.parse().ok();
    form.expect("before_session_hours", "wrong-number", || {
        hours.is_empty() || before_session_hours.is_some_and(|hours| settings::HOURS_BEFORE.contains(&hours))
    });
    let others = store::site::list(tx).await?;
    form.expect("name", "wrong-taken", || {
        !others.iter().any(|other| other.id != id && other.name.to_lowercase() == name.to_lowercase())
    });
    form.finish()?;
    Ok(Site { id, name, zone, on_call_id, before_session_hours })
}

/// Hands a site's on-call duty on. The person must be able to sign in, work there, and be somebody who may see a chart.
pub async fn set_on_call(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    site: &SiteId,
    on_call: Option<&StaffId>,
) -> Result<()> {
    require(by, Action::Administer)?;
    if let Some(id) = on_call {
        let person = store::staff::find(tx, id).await?;
        let may = person.is_some_and(|person| {
            person.state == StaffState::Active && person.works_at(site) && staff::is_called(&person.roles)
        });
        if !may {
            return Err(Error::invalid("on_call", "wrong-choose"));
        }
    }
    store::site::set_on_call(tx, site, on_call).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "site.set_on_call", "site", site.as_str());
    tx.audit(entry.listing("on_call", on_call.map(StaffId::as_str)));
    Ok(())
}

/// Marks a front-desk task done. [`Error::Conflict`] when somebody was faster.
pub async fn finish_task(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &TaskId) -> Result<Task> {
    require(by, Action::ViewTasks)?;
    let task = store::task::done(tx, id, &by.staff_id, ctx.now()).await?.ok_or(Error::Conflict)?;
    let entry =
        audit::entry(ctx, &staff::actor(by), "task.finish", "task", id.as_str()).with("kind", task.kind.as_str());
    tx.audit(entry.listing("client", task.client_id.as_ref().map(care::ClientId::as_str)));
    Ok(task)
}

/// Confirms that a person of the practice has read a wording that needs it, so that clients may be shown it.
pub async fn confirm_wording(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    instrument: &str,
    version: &str,
    language: Language,
) -> Result<()> {
    require(by, Action::Administer)?;
    let shelf = ctx.shelf(tx).await?;
    let known = shelf.library.get(instrument, version).ok_or(Error::NotFound)?;
    if known.language_status(language) != Some(LanguageStatus::NeedsConfirmation) {
        return Err(Error::invalid("language", "wording-needs-no-confirmation"));
    }
    let confirmation = store::wording::Confirmation {
        instrument: known.id.clone(),
        version: known.version.clone(),
        language,
        confirmed_by: by.staff_id.clone(),
        confirmed_at: ctx.now(),
    };
    if store::wording::confirm(tx, &confirmation).await? {
        let entry = audit::entry(ctx, &staff::actor(by), "wording.confirm", "instrument", instrument);
        tx.audit(entry.with("version", version).with("language", language.as_str()));
    }
    Ok(())
}
