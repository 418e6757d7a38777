//! Logarithms and probabilities in whole numbers, so that every machine gets the same.

/// Binary logarithm of `value`, in hundredths (rounded down). Zero counts as one.
pub const fn hundredths(value: u64) -> i32 {
    let value = if value == 0 { 1 } else { value };
    let whole = value.ilog2();
    // The mantissa as a number in [1, 2) with 31 bits after the point; squaring it gives one more bit of the logarithm.
    let mut mantissa = ((value as u128) << 31 >> whole) as u64;
    let mut fraction: u64 = 0;
    let mut bit = 0;
    while bit < 14 {
        mantissa = ((mantissa as u128 * mantissa as u128) >> 31) as u64;
        fraction <<= 1;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            fraction |= 1;
        }
        bit += 1;
    }
    whole as i32 * 100 + ((fraction * 100) >> 14) as i32
}

/// 2^(k/100) for k in 0..100, with 30 bits after the point.
const POWERS: [u64; 100] = {
    // 2^(1/100) with 60 bits after the point.
    const STEP: u128 = 1_160_940_707_843_607_464;
    let mut table = [0; 100];
    let mut power: u128 = 1 << 60;
    let mut k = 0;
    while k < 100 {
        table[k] = (power >> 30) as u64;
        power = (power * STEP) >> 60;
        k += 1;
    }
    table
};

/// The probability that stands for odds of 2^(`weight`/100), in parts per million.
pub const fn probability_ppm(weight: i32) -> u32 {
    const MILLION: u128 = 1_000_000;
    if weight <= -2500 {
        return 0;
    }
    if weight >= 2500 {
        return 1_000_000;
    }
    let whole = weight.div_euclid(100);
    let power = POWERS[weight.rem_euclid(100) as usize] as u128;
    // Odds with 60 bits after the point.
    let odds = if whole >= 0 { power << 30 << whole } else { power << 30 >> -whole };
    ((odds * MILLION) / (odds + (1 << 60))) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_exact_to_a_hundredth() {
        for (value, expected) in [(0, 0), (1, 0), (2, 100), (3, 158), (10, 332), (1_000_000, 1993), (1 << 40, 4000)] {
            assert_eq!(hundredths(value), expected, "{value}");
        }
    }

    #[test]
    fn probabilities_follow_the_odds() {
        for (weight, expected) in [(0, 500_000), (100, 666_666), (-100, 333_333), (663, 990_005), (2500, 1_000_000)] {
            let got = probability_ppm(weight);
            assert!(got.abs_diff(expected) <= 5, "{weight}: {got}");
        }
        assert!((-3000..3000).all(|w| probability_ppm(w) <= probability_ppm(w + 1)), "never falls");
    }
}
