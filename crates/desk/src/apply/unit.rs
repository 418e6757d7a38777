//! Units and crimes: each message goes to the stint or the crime it fits.

use crate::incident::{Crime, Incident, Stint};
use crate::message::Body;
use crate::stamp::{Stamp, insert_by_time};
use crate::watch::Policy;

pub(super) fn move_unit(incident: &mut Incident, unit: &str, body: &Body, stamp: &Stamp) {
    // Messages about a unit may come in any order: each goes to the stint it fits in time, or opens one.
    let fits = |s: &Stint| match body {
        Body::UnitAssigned { .. } => {
            s.assigned.is_none() && [&s.arrived, &s.left].into_iter().flatten().all(|t| t.at >= stamp.at)
        }
        Body::UnitArrived { .. } => {
            s.arrived.is_none()
                && s.assigned.as_ref().is_none_or(|t| t.at <= stamp.at)
                && s.left.as_ref().is_none_or(|t| t.at >= stamp.at)
        }
        _ => s.left.is_none() && [&s.assigned, &s.arrived].into_iter().flatten().all(|t| t.at <= stamp.at),
    };
    let place = incident.stints.iter().rposition(|s| &*s.unit == unit && fits(s));
    let mut stint = match place {
        Some(place) => incident.stints.remove(place),
        None => Stint { unit: unit.into(), assigned: None, arrived: None, left: None },
    };
    match body {
        Body::UnitAssigned { .. } => stint.assigned = Some(stamp.clone()),
        Body::UnitArrived { .. } => stint.arrived = Some(stamp.clone()),
        _ => stint.left = Some(stamp.clone()),
    }
    insert_by_time(&mut incident.stints, stint, Stint::began_at);
}

pub(super) fn note_crime(incident: &mut Incident, reference: &str, body: &Body, policy: &Policy, stamp: &Stamp) {
    let place = incident.crimes.iter().position(|c| &*c.crime == reference).unwrap_or_else(|| {
        let crime = Crime {
            crime: reference.into(),
            recorded: None,
            allocated: None,
            closed: None,
            suspect_spoken: None,
            harm: None,
            offences: Vec::new(),
        };
        incident.crimes.push(crime);
        incident.crimes.len() - 1
    });
    let crime = &mut incident.crimes[place];
    if let Body::CrimeRecorded { harm: Some(harm), .. } | Body::CrimeAllocated { harm: Some(harm), .. } = body {
        crime.harm = Some(crime.harm.map_or(*harm, |h| h.max(*harm)));
    }
    if let Body::CrimeRecorded { offence: Some(offence), .. } | Body::CrimeAllocated { offence: Some(offence), .. } =
        body
    {
        crime.offences = policy.offences_of(offence);
    }
    match body {
        Body::CrimeAllocated { .. } => crime.allocated = Some(stamp.clone()),
        Body::CrimeClosed { suspect_spoken, .. } => {
            crime.closed = Some(stamp.clone());
            crime.suspect_spoken = *suspect_spoken;
        }
        _ => crime.recorded = Some(stamp.clone()),
    }
}
