//! Texts of one line: wherever one is typed, the same keys make the same of it.

use super::{Desk, WIDE, nav, outside::idle};

/// What is typed in the place that these keys open.
fn typed(desk: &Desk) -> String {
    let model = &desk.model;
    let texts = [
        model.help.as_ref().map(|help| help.filter.clone()),
        model.palette.as_ref().map(|palette| palette.typed.clone()),
        model.history.open.then(|| model.history.filter.clone()),
        model.picker.as_ref().and_then(|picker| picker.typing.clone()),
        model.log.typing.as_ref().map(|typing| typing.text.clone()),
        model.narrow.typing.map(|list| model.narrow.text(list).to_owned()),
    ];
    texts.into_iter().flatten().next().expect("a text is being typed")
}

/// Each place in which something is typed, and the keys that lead there.
fn places() -> Vec<(&'static str, Desk)> {
    let idle = |keys| Desk::new(WIDE).tell_all(idle()).keys(keys);
    let running = |keys| Desk::new(WIDE).tell_all(nav::running()).keys(keys);
    vec![
        ("help", idle("?")),
        ("palette", idle(":")),
        ("runs", idle("o/")),
        ("releases", idle("R/")),
        ("log", running("4/")),
        ("filter", running("4&")),
        ("hosts", idle("1/")),
        ("steps", idle("3/")),
    ]
}

#[test]
fn the_same_keys_make_the_same_of_it_everywhere() {
    for (place, desk) in places() {
        let desk = desk.keys("ab");
        assert_eq!(typed(&desk), "ab", "{place}");
        let desk = desk.keys("<bs>");
        assert_eq!(typed(&desk), "a", "{place}");
        let desk = desk.keys("b<C-u>");
        assert_eq!(typed(&desk), "", "{place}");
    }
}

#[test]
fn it_has_a_bound_everywhere_and_keeps_to_whole_characters() {
    for (place, desk) in places() {
        let mut desk = desk.paste(&format!("x{}", "é".repeat(10_000)));
        assert_eq!(typed(&desk).len(), 511, "{place}");
        desk.buffer();
        let desk = desk.keys("éyz");
        assert_eq!(typed(&desk).len(), 512, "{place}");
        assert!(typed(&desk).ends_with("éy"), "{place}");
    }
}
