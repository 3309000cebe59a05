//! What a practice shows to clients, kept in memory for a few seconds so that a question page costs two statements.

use crate::App;
use crate::error::{Error, Result};
use care::practice::{CrisisResource, Practice};
use care::{Instant, Language, PracticeId, SiteId, local_time};
use chrono::Duration;
use chrono_tz::Tz;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use templates::client::{Action, Resource};

/// How long a face may be out of date.
const FRESH: Duration = Duration::seconds(5);

#[derive(Default)]
pub struct Faces(Mutex<HashMap<PracticeId, (Instant, Arc<Face>)>>);

/// What a practice shows to clients.
pub struct Face {
    pub practice: Practice,
    pub resources: Vec<CrisisResource>,
    pub confirmed: Vec<store::wording::Confirmation>,
    /// Whether this is a restored copy that holds its messages to clients back.
    pub fence: Option<store::fence::Fence>,
}

impl Face {
    /// The zone for times shown to clients without one of their own.
    pub fn zone(&self) -> Tz {
        local_time::zone(&self.practice.zone).unwrap_or(Tz::UTC)
    }

    /// The crisis resources in a language, those of the client's own site first; those of the other language rather than
    /// none.
    pub fn crisis(&self, language: Language, site: Option<&SiteId>) -> impl Iterator<Item = &CrisisResource> {
        let here = |resource: &&CrisisResource| resource.site_id.is_none() || resource.site_id.as_ref() == site;
        let has = self.resources.iter().filter(here).any(|resource| resource.language == language);
        let (own, all): (Vec<_>, Vec<_>) = self
            .resources
            .iter()
            .filter(here)
            .filter(|resource| !has || resource.language == language)
            .partition(|resource| resource.site_id.is_some());
        own.into_iter().chain(all)
    }

    /// The same as buttons.
    pub fn resources(&self, language: Language, site: Option<&SiteId>) -> Vec<Resource> {
        shown(self.crisis(language, site))
    }
}

/// Resources as buttons: neighbours of the same name are one resource with several ways to reach it.
pub fn shown<'a>(resources: impl Iterator<Item = &'a CrisisResource>) -> Vec<Resource> {
    let mut shown: Vec<Resource> = Vec::new();
    for resource in resources {
        let Some(action) = action(&resource.href, &resource.label) else { continue };
        match shown.last_mut().filter(|last| last.name == resource.label) {
            Some(last) => last.actions.push(action),
            None => shown.push(Resource {
                name: resource.label.clone(),
                note: Some(resource.detail.clone()).filter(|detail| !detail.is_empty()),
                actions: vec![action],
            }),
        }
    }
    shown
}

fn action(href: &str, label: &str) -> Option<Action> {
    if let Some(number) = href.strip_prefix("tel:") {
        return Action::call(number).ok();
    }
    if let Some(rest) = href.strip_prefix("sms:") {
        let (number, keyword) =
            rest.split_once("?body=").map_or((rest, None), |(number, keyword)| (number, Some(keyword)));
        return Action::text(number, keyword).ok();
    }
    Action::web(href, label).ok()
}

impl App {
    /// The face of a practice.
    pub(crate) async fn face(&self, practice: &PracticeId) -> Result<Arc<Face>> {
        let now = self.now();
        {
            let faces = self.faces.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some((at, face)) = faces.get(practice)
                && (now - *at).abs() < FRESH
            {
                return Ok(face.clone());
            }
        }
        let mut read = self.db.read(practice).await?;
        let face = Arc::new(Face {
            practice: store::practice::get(&mut read).await?,
            resources: store::crisis_resource::all(&mut read).await?,
            confirmed: store::wording::list(&mut read).await?,
            fence: store::fence::of_practice(&mut read).await?,
        });
        drop(read);
        let mut faces = self.faces.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        faces.insert(practice.clone(), (now, face.clone()));
        Ok(face)
    }

    /// An administrator changed something: the next page shows it.
    pub(crate) fn forget_face(&self, practice: &PracticeId) {
        self.faces.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(practice);
    }

    /// The resources for a visitor of whom no practice is known: those of every practice here, each once.
    pub(crate) async fn resources_of_all(&self, language: Language) -> Result<Vec<Resource>> {
        let mut read = self.db.read_all().await?;
        let practices = store::practice::ids(&mut read).await?;
        drop(read);
        let mut all: Vec<CrisisResource> = Vec::new();
        for practice in &practices {
            let face = self.face(practice).await?;
            let wanted = |one: &&CrisisResource| one.language == language && one.site_id.is_none();
            for resource in face.resources.iter().filter(wanted) {
                if !all.iter().any(|known| known.href == resource.href) {
                    all.push(resource.clone());
                }
            }
        }
        if all.is_empty() && practices.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(shown(all.iter()))
    }
}
