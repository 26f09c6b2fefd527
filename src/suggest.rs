//! Finds the name that was probably meant.

/// A longer word is not compared: nobody mistypes one, and comparing takes time.
const LONGEST: usize = 64;

/// The candidate most like `word`, if one is like enough: a third of the letters may differ, and upper and lower case
/// do not count. Of equally good ones the first in the alphabet is taken, so that their order does not matter.
pub(crate) fn suggest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lowercase = word.to_lowercase();
    let letters = lowercase.chars().count();
    if letters > LONGEST {
        return None;
    }
    let bound = if letters < 3 { 0 } else { (letters / 3).max(1) };
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in among {
        if candidate == word || candidate.len() > 4 * LONGEST {
            continue;
        }
        let length = candidate.chars().count();
        if length.abs_diff(letters) > bound {
            continue;
        }
        let distance = strsim::osa_distance(&lowercase, &candidate.to_lowercase());
        if distance <= bound && best.is_none_or(|it| (distance, candidate) < it) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[track_caller]
    fn check(word: &str, among: &[&str], meant: Option<&str>) {
        assert_eq!(suggest(word, among.iter().copied()), meant);
        assert_eq!(suggest(word, among.iter().rev().copied()), meant);
    }

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        check("infar", &["dba", "infra", "web"], Some("infra"));
        check("dbroot", &["db-root", "db-roof"], Some("db-root"));
        check("Infra", &["infra"], Some("infra"));
        check("ação", &["acão", "x"], Some("acão"));
    }

    #[test]
    fn something_else_is_not_suggested() {
        check("infra", &["dba", "web", ""], None);
        check("a", &["b"], None);
        check("", &["a", ""], None);
        check("same", &["same"], None);
    }

    #[test]
    fn of_equally_good_ones_the_first_in_the_alphabet_is_taken() {
        check("team-x", &["team-c", "team-a", "team-b"], Some("team-a"));
    }

    #[test]
    fn a_very_long_word_costs_nothing() {
        let long = "x".repeat(1_000_000);
        check(&long, &[&long[1..]], None);
        check("x", &[&long], None);
    }
}
