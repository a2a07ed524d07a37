//! What of a long line comes to the clipboard.

use super::*;

/// What is copied of the only line, which is looked at from that byte on.
fn looked_at(line: &[u8], aim: u64) -> String {
    let mut bench = Bench::new(1);
    bench.print(0, line);
    bench.print(0, b"\n");
    let mut looking = bench.looker(Shape::One);
    looking.look();
    let board = looking.shared.lock();
    let (finds, log) = (&board.finds, LogPane::default());
    let reader = &mut looking.reader;
    let lane = Lane::new(finds, &log.sieve, reader.extent(&finds.rows));
    let names = reader.hosts.iter().map(|host| host.name.clone()).collect();
    let layout = Layout { finds, lane: &lane, shape: reader.shape, names, wrap: true, cells: 80 };
    reader.aim = Some((0, aim));
    match copy::copied(reader, &layout, 0..1).unwrap() {
        Copied::Text(text, _) | Copied::Piece(text, _, _) => text,
        Copied::TooMuch => panic!("too much"),
    }
}

#[test]
fn of_a_long_line_the_part_that_is_looked_at_is_copied() {
    let check = |name: &str, word: &str| {
        let times = 900_000 / word.len();
        let mut line = word.repeat(times).into_bytes();
        let aim = line.len() as u64;
        line.extend_from_slice(b"needle ");
        line.extend(word.repeat(times).into_bytes());
        let copied = looked_at(&line, aim);
        assert!(copied.contains("needle"), "{name}: {:?}", copied.get(..200));
    };
    check("plain", "word ");
    check("coloured", "\x1b[1;31mred\x1b[0m ");
    check("titles", "\x1b]0;some title of a window\x07b ");
    check("accents", "größe ");
    let broken = [b"\xff\xfe ".repeat(200_000), b"needle ".to_vec(), b"\xff ".repeat(90_000)];
    let copied = looked_at(&broken.concat(), 600_000);
    assert!(copied.contains("needle"), "{:?}", copied.get(..200));
    // What is written over is not looked at: its last state is.
    let line = format!("{}\r{}needle", "old ".repeat(200_000), "new ".repeat(9));
    let copied = looked_at(line.as_bytes(), 800_000);
    assert!(copied.contains("needle") && !copied.contains("old"), "{:?}", copied.get(..200));
}
