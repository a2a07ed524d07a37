//! A step with items: breakpoints before what is not listed yet, and the edit of one item.

use ratatui::layout::Size;

use super::{
    Desk,
    story::{self, Story},
};
use crate::{
    model::{
        Act, Ask, Gate, Hole, HostId, Items, Key, Kind, Node, NodeId, Origin, Part, Piece, Plan,
        Query, Text, Try,
    },
    run::{Cause, Choice, Command, End, Fact, Mode},
    tui::{Wish, state::face::Face, words},
};

const WIDE: Size = Size { width: 120, height: 36 };
const STEP: NodeId = NodeId(0);
const LIST: NodeId = NodeId(1);
const GATE: NodeId = NodeId(3);
const ITEM: NodeId = NodeId(4);
const NEXT: NodeId = NodeId(5);

fn node(part: Part, host: bool, needs: &[NodeId], kind: Kind, origin: Origin) -> Node {
    let step = "migrate".to_owned().try_into().unwrap();
    let host = host.then_some(HostId(0));
    Node { key: Key { step, part }, host, needs: needs.to_vec(), kind, origin }
}

fn act() -> Act {
    let plan = story::plan();
    let Kind::Act(act) = &plan.nodes[1].kind else { panic!("no action") };
    let mut act = (**act).clone();
    act.command.run =
        Text(vec![Piece::Literal("migrate ".into()), Piece::Hole(Hole("item.name".into()))]);
    act
}

fn list() -> Kind {
    let pattern = Some("^(?<name>.*)$".to_owned());
    let items = Items { pattern, each: act(), close: NodeId(2) };
    Kind::Ask(Box::new(Ask { command: act().command, query: Query::Items(Box::new(items)) }))
}

/// One step on one host, with items.
fn plan() -> Plan {
    let mut plan = story::plan();
    plan.columns.retain(|column| column.step.as_str() == "migrate");
    plan.columns[0].gates = vec![STEP];
    plan.columns[0].nodes = vec![LIST];
    plan.nodes = vec![
        node(Part::Gate(1), false, &[], Kind::Gate(Gate::Barrier), Origin::Plan),
        node(Part::List(1), true, &[STEP], list(), Origin::Plan),
        node(Part::Gate(9), false, &[LIST], Kind::Gate(Gate::Join), Origin::Plan),
    ];
    plan
}

/// The list was read, and has brought its first item.
fn grown(story: Story) -> Story {
    let origin = Origin::ItemOf(LIST);
    let line = "it's 0007".to_owned();
    let item = Kind::Act(Box::new(act()));
    let nodes = vec![
        node(Part::Gate(2), false, &[LIST], Kind::Gate(Gate::Barrier), origin),
        node(Part::Item { index: 1, line: line.clone() }, true, &[GATE], item, origin),
        node(Part::List(2), true, &[ITEM], list(), origin),
    ];
    story
        .then(Fact::Passed(STEP))
        .start_node(LIST)
        .then(Fact::Listed(Try { node: LIST, n: 1 }, vec![line]))
        .end_node(LIST, 0)
        .then(Fact::Grew(nodes, vec![(NodeId(2), NEXT)]))
}

fn told(story: Story) -> Desk {
    Desk::new(WIDE).tell(story.told())
}

/// What the key for breakpoints would change.
fn pressed(story: Story) -> Vec<(NodeId, bool)> {
    let set = |wish| {
        let Wish::Command(Command::Break(at, set)) = wish else { panic!("{wish:?}") };
        (at, set)
    };
    told(story).keys("B").wishes.into_iter().map(set).collect()
}

#[test]
fn the_key_goes_from_the_step_to_its_items_and_back() {
    let opened = || Story::of(plan()).mode(Mode::Pause);
    let at = |gate| opened().then(Fact::Break(gate, true));
    assert_eq!(pressed(opened()), [(STEP, true)]);
    assert_eq!(pressed(at(STEP)), [(STEP, false), (LIST, true)]);
    assert_eq!(pressed(at(LIST)), [(LIST, false)]);
    // Within the step only its items are ahead; the one before the next item goes with them.
    assert_eq!(pressed(opened().then(Fact::Passed(STEP))), [(LIST, true)]);
    assert_eq!(pressed(grown(opened())), [(GATE, true), (NEXT, true)]);
    assert_eq!(pressed(grown(at(LIST))), [(GATE, false), (NEXT, false)]);
    // A list that brings nothing more has nothing ahead of it.
    let over = grown(opened()).then(Fact::Passed(GATE)).start_node(ITEM).end_node(ITEM, 0);
    assert_eq!(pressed(over.start_node(NEXT).end_node(NEXT, 0)), []);
}

#[test]
fn a_stop_before_an_item_names_it_and_is_shown_in_its_cell() {
    let story = grown(Story::of(plan()).then(Fact::Break(LIST, true)));
    let desk = told(story.hold(GATE, Cause::Break, &[]));
    let run = desk.model.run().unwrap();
    let (_, hold) = desk.model.hold().unwrap();
    let said = words::headline(&desk.model, run, hold);
    assert_eq!(said, "BREAK before migrate: it's 0007 on web1");
    assert_eq!(desk.model.face(&desk.model.grid.columns[0], HostId(0)), Face::Break);
    assert_eq!(desk.model.grid.find(GATE), Some((0, Some(HostId(0)))));
}

#[test]
fn an_item_is_edited_as_it_was_run() {
    let story = grown(Story::of(plan())).then(Fact::Passed(GATE)).start_node(ITEM);
    let story = story.end_node(ITEM, 3);
    let failed = Cause::Failed(End::Exit(3));
    let desk = told(story.hold(ITEM, failed, &story::AFTER_FAILURE)).keys("O<tab> --fake<tab>OO");
    let [Wish::Command(Command::Choose(_, Choice::Edit(text), _))] = &desk.wishes[..] else {
        panic!("{:?}", desk.wishes)
    };
    assert_eq!(text, r" --fakemigrate 'it'\''s 0007'");
}
