//! The parts of an EIDO document, by hand from the facts of the public schema (NENA-STA-021.1b and the draft after it).
//!
//! Every part is read leniently: a list may be one thing, and whatever is not named here is kept aside and counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What is in a part and not named in its type.
pub type Rest = BTreeMap<String, Value>;

/// A list, or one thing where the schema changed from one to many.
#[derive(Clone, Debug)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<T> {
            List(Vec<T>),
            One(T),
            Nothing(()),
        }
        Ok(match Either::deserialize(from)? {
            Either::List(list) => Self(list),
            Either::One(one) => Self(vec![one]),
            Either::Nothing(()) => Self(Vec::new()),
        })
    }
}

/// A link to another part by its `$id`.
#[derive(Clone, Debug, Deserialize)]
pub struct Reference {
    /// The `$id` that it means.
    #[serde(rename = "$ref")]
    pub to: String,
}

/// What stands at the head of every part.
#[derive(Clone, Debug, Deserialize)]
#[allow(dead_code)]
pub struct Prologue {
    /// The part's id, unique in the world.
    #[serde(rename = "$id")]
    pub id: String,
    /// When the part last changed.
    #[serde(rename = "lastUpdateTimeStamp", alias = "lastUpdateTimestamp")]
    pub updated: Option<String>,
    /// The agency that changed it.
    #[serde(rename = "updatedByAgencyReference")]
    pub agency: Option<Value>,
    /// The agent who changed it.
    #[serde(rename = "updatedByAgentReference")]
    pub agent: Option<Reference>,
    /// JSON-LD, without meaning for us.
    #[serde(rename = "@context")]
    pub context: Option<Value>,
}

/// Defines a part: its prologue, its fields, and the rest.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        // A field that is named and not read is known to the schema and says nothing that the feed has a place for.
        #[allow(missing_docs, dead_code)]
        pub struct $name {
            #[serde(flatten)]
            pub prologue: Prologue,
            $(#[serde(default)] $(#[$attr])* pub $field: $type,)*
            #[serde(flatten)]
            pub rest: Rest,
        }

        impl Part for $name {
            fn unknown(&self) -> usize {
                self.rest.len()
            }
        }
    };
}

/// What all parts have.
pub trait Part {
    /// How many of its fields are not named here.
    fn unknown(&self) -> usize;
}

part! {
    /// The incident's own part.
    Incident {
        incident_type_common_registry_text: Option<String>,
        incident_type_internal_code: Option<String>,
        incident_type_internal_text: Option<String>,
        incident_status_common_registry_text: Many<String>,
        incident_status_internal_text: Many<String>,
        internal_incident_id: Option<String>,
        incident_priority_internal_text: Option<String>,
        incident_common_priority_number: Option<Value>,
        beat_or_dispatch_group_text: Option<String>,
        disposition_component: Many<Disposition>,
        agent_reference: Many<Reference>,
        location_reference: Many<Reference>,
        person_reference: Many<Reference>,
        vehicle_reference: Many<Reference>,
        notes_reference: Many<Reference>,
    }
}

part! {
    /// How an incident or a unit's part in it ended.
    Disposition {
        disposition_common_registry_code: Option<String>,
        disposition_category_text: Option<String>,
        disposition_description_text: Option<String>,
        disposition_primary_indicator: Option<bool>,
        notes_reference: Many<Reference>,
    }
}

part! {
    /// A call.
    Call {
        call_identifier: Option<String>,
        related_call_identifier: Many<String>,
        queue_identifier: Option<String>,
        standard_primary_call_type: Option<String>,
        standard_secondary_call_type: Option<String>,
        local_call_type: Option<String>,
        direction: Option<String>,
        call_start_timestamp: Option<String>,
        answer_date: Option<String>,
        #[serde(alias = "callStatusRegistryText")]
        call_state_registry_text: Option<String>,
        call_back_reference: Option<Reference>,
        agent_reference: Many<Reference>,
        location_reference: Many<Reference>,
        person_reference: Many<Reference>,
        notes_reference: Many<Reference>,
        additional_data_reference: Many<Reference>,
    }
}

part! {
    /// How somebody can be called back.
    Callback {
        call_back_information_uri: Many<String>,
        device_contact_header: Option<String>,
    }
}

part! {
    /// That units were sent.
    Dispatch {
        agency_reference: Option<Value>,
        agent_reference: Many<Reference>,
        emergency_resource_reference: Many<Reference>,
        notes_reference: Many<Reference>,
    }
}

part! {
    /// A unit.
    Resource {
        #[serde(alias = "enforcementUnitName")]
        emergency_resource_name: Option<String>,
        emergency_resource_type_common_registry_text: Option<Value>,
        emergency_resource_type_internal_text: Option<Value>,
        resource_attribute_registry_text: Many<String>,
        primary_unit_status_registry_text: Option<String>,
        secondary_unit_status_registry_text: Many<String>,
        unit_status_internal: Many<String>,
        agent_reference: Many<Reference>,
        unit_location_reference: Option<Reference>,
        unit_destination_reference: Option<Reference>,
        person_reference: Many<Reference>,
        vehicle_reference: Many<Reference>,
        notes_reference: Many<Reference>,
        eta: Option<String>,
    }
}

part! {
    /// A note, in HTML.
    Note {
        notes_action_comments: Option<String>,
        agent_reference: Option<Reference>,
    }
}

part! {
    /// A place, as PIDF-LO in XML or by a link.
    Place {
        location_type_description_registry_text: Many<String>,
        location_by_value: Option<String>,
        location_by_reference_url: Option<String>,
        location_description_text: Option<String>,
        notes_reference: Many<Reference>,
        additional_data_reference: Many<Reference>,
    }
}

part! {
    /// A person and their part in the incident.
    Person {
        person_incident_role_registry_text: Many<String>,
        nc_person_component: Option<Value>,
        call_identifier: Many<String>,
        call_back_reference: Option<Reference>,
        location_reference: Many<Reference>,
        notes_reference: Many<Reference>,
        additional_data_reference: Many<Reference>,
    }
}

part! {
    /// That this incident was merged with another, or split from it.
    Merge {
        #[serde(alias = "incidentTrackingIdentification")]
        incident_tracking_identifier: String,
        incident_merge_direction_code: Option<String>,
        agent_reference: Option<Value>,
    }
}

part! {
    /// That this incident is linked to another.
    Link {
        #[serde(alias = "incidentTrackingIdentification")]
        incident_tracking_identifier: String,
        link_direction_code: Option<String>,
        transaction_reason_text: Option<String>,
        involved_agency_reference: Option<Value>,
        agent_reference: Option<Value>,
    }
}
