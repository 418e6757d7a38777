//! The linker's settings: weights and limits, from `policy/linker.toml`.

use serde::{Deserialize, Serialize};

use super::evidence::Field;
use super::marks::{hash, mix};
use super::{address, names};

/// Raised whenever the same records and settings may come out otherwise.
const CODE_VERSION: u32 = 5;

const SOURCE: &str = include_str!("../../../../../policy/linker.toml");

/// Weights (hundredths of a bit) and limits. What each means, and where it comes from, stands beside it in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Settings {
    pub prior: i32,
    pub sure_ppm: u32,
    pub likely_ppm: u32,
    pub against: Vec<Field>,
    pub floor: i32,
    pub shared_by_at_most: u32,
    pub compared_at_most: u32,
    pub household_at_most: i32,
    pub born_with_another_name: i32,
    pub year_with_another_name: i32,
    pub another_name_below: i32,
    pub twin_at_most: i32,
    pub name: NameWeights,
    pub born: BornWeights,
    pub sex: SexWeights,
    pub shared: SharedWeights,
    pub address: AddressWeights,
    pub reference: ReferenceWeights,
}

/// Names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NameWeights {
    pub least: i32,
    pub most_given: i32,
    pub most_family: i32,
    pub unknown_given: u32,
    pub unknown_family: u32,
    pub table_counts_as: u32,
    pub variant: i32,
    pub close: i32,
    pub doubtful: i32,
    pub slip: i32,
    pub initial: i32,
    pub out_of_place: i32,
    pub rest_differs: i32,
    pub swapped: i32,
    pub clearly_one: i32,
    pub given_differs: i32,
    pub family_differs: i32,
    pub family_differs_elsewhere: i32,
    pub close_elsewhere: i32,
}

/// Birth dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct BornWeights {
    pub exact: i32,
    pub first_of_january: i32,
    pub swapped: i32,
    pub day_wrong: i32,
    pub month_wrong: i32,
    pub year_wrong: i32,
    pub year_slip: i32,
    pub year: i32,
    pub year_apart: i32,
    pub part_elsewhere: i32,
    pub same_year_differs: i32,
    pub differs: i32,
    pub generation_differs: i32,
    pub generation_years: u16,
}

/// Sex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct SexWeights {
    pub same: i32,
    pub differs: i32,
}

/// Values that few people share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct SharedWeights {
    pub phone: i32,
    pub phone_differs: i32,
    pub email: i32,
    pub email_differs: i32,
    pub vehicle: i32,
    pub vehicle_differs: i32,
    pub beside: i32,
}

/// Addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct AddressWeights {
    pub exact: i32,
    pub close: i32,
    pub postcode: i32,
    pub neighbour: i32,
    pub differs: i32,
    pub differs_elsewhere: i32,
}

/// Force references.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ReferenceWeights {
    pub close: i32,
    pub differs: i32,
}

/// What is wrong with a file of settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not TOML, or not these settings; the source names line and column.
    #[error("the linker's settings cannot be read")]
    Unreadable(#[from] toml::de::Error),
    /// Settings that contradict each other.
    #[error("the linker's settings contradict each other: {0}")]
    Contradiction(&'static str),
}

impl Settings {
    /// Reads settings from TOML.
    ///
    /// # Errors
    /// Text that is not TOML, unknown or missing settings, and settings that contradict each other.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text)?;
        let contradictions = [
            (settings.likely_ppm > settings.sure_ppm, "`likely_ppm` is above `sure_ppm`"),
            (settings.sure_ppm > 1_000_000, "`sure_ppm` is above one million"),
            (settings.shared_by_at_most == 0, "`shared_by_at_most` is zero: nothing would ever count"),
            (settings.compared_at_most == 0, "`compared_at_most` is zero: nothing would ever be found"),
            (settings.name.least > settings.name.most_given, "`name.least` is above `name.most_given`"),
            (settings.name.least > settings.name.most_family, "`name.least` is above `name.most_family`"),
            (settings.name.table_counts_as == 0, "`name.table_counts_as` is zero: unseen names would weigh nothing"),
            (settings.name.unknown_given == 0, "`name.unknown_given` is zero"),
            (settings.name.unknown_family == 0, "`name.unknown_family` is zero"),
        ];
        match contradictions.into_iter().find(|(wrong, _)| *wrong) {
            Some((_, why)) => Err(SettingsError::Contradiction(why)),
            None => Ok(settings),
        }
    }
}

impl Settings {
    /// The linker's version, for the events that rest on it: of the code, and of the settings and the words of names and addresses
    /// together.
    pub fn version(&self) -> String {
        // The debug text names every setting with its value, in the order of the fields.
        let settings = hash(format!("{self:?}").as_bytes());
        let words = names::fingerprint() ^ mix(address::fingerprint());
        format!("{CODE_VERSION}-{:08x}", mix(settings ^ words) >> 32)
    }
}

impl Default for Settings {
    /// The built-in settings.
    fn default() -> Self {
        Self::from_toml(SOURCE).expect("a test reads the built-in settings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_settings_read() {
        let settings = Settings::from_toml(SOURCE).expect("reads");
        assert_eq!(settings.sure_ppm, 990_000, "RULES.md \"Joining\"");
    }

    #[test]
    fn the_version_follows_the_settings() {
        let mut settings = Settings::default();
        let version = settings.version();
        assert_eq!(version, Settings::default().version());
        settings.sex.same += 1;
        assert_ne!(version, settings.version());
    }

    #[test]
    fn a_mistake_in_the_settings_is_named() {
        let swapped = SOURCE.replace("likely_ppm = 500_000", "likely_ppm = 999_000");
        let error = Settings::from_toml(&swapped).expect_err("likely above sure");
        assert!(error.to_string().contains("`likely_ppm` is above `sure_ppm`"), "{error}");
        let unknown = format!("{SOURCE}\nguess = 1\n");
        assert!(matches!(Settings::from_toml(&unknown), Err(SettingsError::Unreadable(_))));
    }
}
