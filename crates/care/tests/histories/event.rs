//! What may happen, as plain values: a history is a list of them, and any part of a history is one too. An event that finds
//! nothing to happen to does nothing.

use crate::dice::Dice;
use care::message::Channel;

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Time passes.
    Wait(Wait),
    /// The machine's clock jumps by this many minutes.
    ClockJumps(i32),
    /// An appointment is made, this many hours ahead.
    Book(u16),
    /// One is moved, to this many hours ahead.
    Move(u8, u16),
    /// One is cancelled.
    CancelSession(u8),
    /// The client did not come.
    NoShow(u8),
    /// The session took place.
    Attend(u8),
    /// The nightly planning.
    Plan,
    /// Somebody presses "send now" at a check-in.
    SendNow(u8),
    /// A check-in is taken back by hand.
    Withdraw(u8),
    /// The course of therapy ends.
    Discharge,
    /// A worker takes its next step; what the provider says, if that step asks it.
    Turn(u8, Say),
    /// A worker dies.
    Crash(u8),
    /// Everything that is due is sent by a worker that nothing happens to.
    SendAll,
    /// The provider reports on one of the messages it took.
    Report {
        /// Which of them.
        which: u8,
        /// Its fate, or that it is on its way.
        last: bool,
    },
    /// Somebody else reports that one of our messages did not arrive.
    Forged(u8),
    /// Unknown outcomes are looked up.
    Reconcile,
    /// The provider cannot be asked any more, or can again.
    ListDown(bool),
    /// The client writes STOP.
    Stop,
    /// The client writes START.
    Start,
    /// The client withdraws their consent to a channel.
    WithdrawConsent(Channel),
    /// They give it again.
    GiveConsent(Channel),
    /// They prefer a channel.
    Prefer(Channel),
    /// The desk puts a number or an address right.
    PutRight(Channel),
    /// The client asks for a fresh link.
    AskForLink(u8),
    /// They press Start.
    Open(u8),
    /// They answer the question about danger with this, and another with that.
    Answer(u8, u8, u8),
    /// They submit; with other answers than were saved where the number is not 0.
    Submit(u8, u8),
    /// Check-ins whose time has passed are ended.
    Expire,
    /// Rungs of ladders that are due are climbed.
    Escalate,
    /// Somebody does something with a case.
    Case(CaseAct),
    /// The clinician is away for this many days.
    Leave(u8),
    /// Cases of people who are away are passed on.
    SettleLeaves,
}

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Seconds.
    Seconds(u16),
    /// Minutes.
    Minutes(u16),
    /// Hours.
    Hours(u16),
    /// Until the next thing is due.
    UntilDue,
}

/// What the provider says to a request, and what it does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// Takes it and says so.
    Accept(Fate),
    /// Takes it, and the answer is lost.
    AcceptAndHang(Fate),
    /// Says nothing and has nothing.
    Hang,
    /// Too many, or in trouble: later, after this many minutes.
    Later(u16),
    /// Will not take it, for a reason of the message.
    Refuse,
    /// Will not take it: no such number or mailbox.
    NoSuchAddress,
    /// The number wants no more.
    OptedOut,
    /// It is not even asked: the message has no words in this release.
    NoWords,
}

/// What becomes of a message that the provider took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Arrives,
    /// It does not, for this once.
    Lost,
    /// It does not, and nothing will there.
    NoSuchAddress,
    /// It does not: the number wants no more.
    OptedOut,
}

/// What somebody does with the open case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseAct {
    /// Takes it up.
    Acknowledge,
    /// Looks at it.
    Review,
    /// Talks of it.
    Discuss,
    /// Decides.
    Decide,
    /// Disposes of its first risk reason that can be.
    Dispose,
    /// Closes it.
    Close,
    /// Opens the last one again.
    Reopen,
}

impl Event {
    /// What kind it is, for the summary.
    pub fn name(self) -> String {
        let text = format!("{self:?}");
        let name: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
        match self {
            Self::Case(act) => format!("Case: {act:?}"),
            Self::Turn(_, Say::Accept(_)) => name,
            Self::Turn(_, say) => {
                let say = format!("{say:?}");
                format!("{name}: {}", say.chars().take_while(char::is_ascii_alphabetic).collect::<String>())
            }
            _ => name,
        }
    }
}

/// A history of this many events.
pub fn history(dice: &mut Dice, length: usize) -> Vec<Event> {
    let mut events = vec![Event::Book(dice.hours(20, 200)), Event::Plan];
    while events.len() < length {
        let next = event(dice);
        events.push(next);
        // What is sent in steps is sent in steps close to one another, now and then to its end.
        if matches!(next, Event::Turn(..)) {
            for _ in 0..dice.below(4) {
                events.push(Event::Turn(dice.small(2), say(dice)));
            }
        }
    }
    events
}

fn event(dice: &mut Dice) -> Event {
    let which = dice.small(4);
    match dice.below(200) {
        0..30 => Event::Wait(wait(dice)),
        30..32 => Event::ClockJumps(i32::from(dice.hours(0, 400)) - 200),
        32..38 => Event::Book(dice.hours(1, 300)),
        38..43 => Event::Move(which, dice.hours(1, 300)),
        43..46 => Event::CancelSession(which),
        46..47 => Event::NoShow(which),
        47..50 => Event::Attend(which),
        50..56 => Event::Plan,
        56..59 => Event::SendNow(which),
        59..60 => Event::Withdraw(which),
        60..61 => {
            if dice.below(4) == 0 {
                Event::Discharge
            } else {
                Event::Plan
            }
        }
        61..101 => Event::Turn(dice.small(2), say(dice)),
        101..105 => Event::Crash(dice.small(2)),
        105..113 => Event::SendAll,
        113..121 => Event::Report { which: dice.small(12), last: dice.below(4) > 0 },
        121..122 => Event::Forged(dice.small(12)),
        122..127 => Event::Reconcile,
        127..128 => Event::ListDown(dice.below(3) == 0),
        128..130 => Event::Stop,
        130..132 => Event::Start,
        132..133 => Event::WithdrawConsent(channel(dice)),
        133..135 => Event::GiveConsent(channel(dice)),
        135..137 => Event::Prefer(channel(dice)),
        137..138 => Event::PutRight(channel(dice)),
        138..140 => Event::AskForLink(which),
        140..147 => Event::Open(which),
        147..157 => Event::Answer(which, dice.small(4), dice.small(4)),
        157..165 => Event::Submit(which, if dice.below(3) == 0 { 1 + dice.small(3) } else { 0 }),
        165..170 => Event::Expire,
        170..178 => Event::Escalate,
        178..198 => Event::Case(case_act(dice)),
        198..199 => Event::Leave(1 + dice.small(5)),
        _ => Event::SettleLeaves,
    }
}

fn wait(dice: &mut Dice) -> Wait {
    match dice.below(12) {
        0..3 => Wait::Seconds(1 + dice.hours(0, 130)),
        3..5 => Wait::Minutes(1 + dice.hours(0, 90)),
        5..7 => Wait::Hours(1 + dice.hours(0, 30)),
        _ => Wait::UntilDue,
    }
}

fn say(dice: &mut Dice) -> Say {
    let fate = match dice.below(12) {
        0 => Fate::Lost,
        1 => Fate::NoSuchAddress,
        2 => Fate::OptedOut,
        _ => Fate::Arrives,
    };
    match dice.below(24) {
        0..2 => Say::AcceptAndHang(fate),
        2..4 => Say::Hang,
        4 => Say::Later(dice.hours(0, 20)),
        5 => Say::Later(0),
        6 => Say::Refuse,
        7 => Say::NoSuchAddress,
        8 => {
            if dice.below(2) == 0 {
                Say::OptedOut
            } else {
                Say::NoWords
            }
        }
        _ => Say::Accept(fate),
    }
}

fn channel(dice: &mut Dice) -> Channel {
    if dice.below(2) == 0 { Channel::Sms } else { Channel::Email }
}

fn case_act(dice: &mut Dice) -> CaseAct {
    use CaseAct::{Acknowledge, Close, Decide, Discuss, Dispose, Reopen, Review};
    let acts = [Acknowledge, Review, Review, Discuss, Decide, Decide, Dispose, Dispose, Close, Close, Reopen];
    acts[dice.below(acts.len() as u64) as usize]
}
