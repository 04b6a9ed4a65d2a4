//! Where a frame has something like a symbol: a patch full of edges, and the way in which they run.

use std::f64::consts::FRAC_PI_2;

use super::frame::{Luma, real};

/// Pixels of a block's side.
const BLOCK: usize = 8;
/// How many patches are looked at, the strongest first.
const SPOTS_MAX: usize = 2;
/// Fewest blocks of a patch.
const BLOCKS_MIN: usize = 6;
/// A block belongs to a patch from this part of a strong block's edges on.
const STRENGTH_MIN: f64 = 0.12;
/// How alike the edges' directions are in a linear code, at least.
const STRIPED_MIN: f64 = 0.6;
/// Edges that lie tell how rows run, if they are at least such a part of those that stand.
const LYING_MIN: f64 = 0.03;
/// How far rows and columns may lean, in radians: what leans further is not read.
const LEAN_MAX: f64 = 0.6;
/// White that is left around a patch, in pixels and as a part of its side.
const MARGIN: (f64, f64) = (10.0, 0.06);

/// A patch: its middle and its sides in pixels, and the ways in which its rows and its columns run. Of what is seen from
/// aside those two are not square to each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) middle: (f64, f64),
    pub(super) sides: (f64, f64),
    pub(super) row: (f64, f64),
    pub(super) column: (f64, f64),
    /// Whether its edges all run one way, as in a linear code; they are the columns then.
    pub(super) is_striped: bool,
}

impl Spot {
    /// The same in a picture of twice the size.
    pub(super) fn doubled(&self) -> Self {
        Self {
            middle: (self.middle.0 * 2.0, self.middle.1 * 2.0),
            sides: (self.sides.0 * 2.0, self.sides.1 * 2.0),
            ..*self
        }
    }
}

/// What the edges of a block, or of many, come to: their strength, and the sums of their directions, doubled (which
/// makes opposite ones alike) and fourfold (which makes crossing ones alike).
#[derive(Debug, Clone, Copy, Default)]
struct Edges {
    strength: f64,
    doubled: (f64, f64),
    fourfold: (f64, f64),
}

impl Edges {
    /// Adds the edge whose light changes by so much across and down.
    fn add(&mut self, across: f64, down: f64) {
        let strength = across * across + down * down;
        if strength > 0.0 {
            let (along, aslant) = (across * across - down * down, 2.0 * across * down);
            self.strength += strength;
            self.doubled.0 += along;
            self.doubled.1 += aslant;
            self.fourfold.0 += (along * along - aslant * aslant) / strength;
            self.fourfold.1 += 2.0 * along * aslant / strength;
        }
    }

    fn join(&mut self, other: &Self) {
        self.strength += other.strength;
        self.doubled.0 += other.doubled.0;
        self.doubled.1 += other.doubled.1;
        self.fourfold.0 += other.fourfold.0;
        self.fourfold.1 += other.fourfold.1;
    }

    fn is_striped(&self) -> bool {
        self.doubled.0.hypot(self.doubled.1) > STRIPED_MIN * self.strength
    }

    /// The direction across the edges, in radians.
    fn turn(&self) -> f64 {
        if self.is_striped() {
            self.doubled.1.atan2(self.doubled.0) / 2.0
        } else {
            self.fourfold.1.atan2(self.fourfold.0) / 4.0
        }
    }
}

/// The patches of a picture in which a symbol may be, the strongest first.
pub(super) fn find(picture: &Luma) -> Vec<Spot> {
    let columns = picture.width / BLOCK;
    let blocks = edges_of(picture, columns);
    let mut strengths: Vec<f64> = blocks.iter().map(|block| block.strength).collect();
    strengths.sort_by(f64::total_cmp);
    let nth = |part: usize| {
        strengths
            .get(strengths.len() * part / 100)
            .copied()
            .unwrap_or(0.0)
    };
    // Half of the blocks hold no symbol: what they have is noise.
    let (noise, strong) = (nth(50), nth(98));
    let least = noise + STRENGTH_MIN * (strong - noise);
    let mut is_open: Vec<bool> = blocks.iter().map(|block| block.strength > least).collect();
    let mut patches = Vec::new();
    for start in 0..blocks.len() {
        let patch = gather(start, columns, &mut is_open);
        if patch.len() >= BLOCKS_MIN {
            let mut sum = Edges::default();
            for block in patch.iter().filter_map(|at| blocks.get(*at)) {
                sum.join(block);
            }
            patches.push((patch, sum));
        }
    }
    patches.sort_by(|(_, one), (_, other)| other.strength.total_cmp(&one.strength));
    patches
        .iter()
        .take(SPOTS_MAX)
        .map(|(patch, sum)| measure(picture, patch, columns, sum))
        .collect()
}

/// The edges of each block, row by row.
fn edges_of(picture: &Luma, columns: usize) -> Vec<Edges> {
    let rows = picture.height / BLOCK;
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    places
        .map(|(column, row)| {
            let mut edges = Edges::default();
            each_edge(picture, column, row, |across, down| edges.add(across, down));
            edges
        })
        .collect()
}

/// Takes the open blocks that hang together with one.
fn gather(start: usize, columns: usize, is_open: &mut [bool]) -> Vec<usize> {
    let mut taken = Vec::new();
    let mut next = vec![start];
    while let Some(at) = next.pop() {
        let Some(open) = is_open.get_mut(at).filter(|open| **open) else {
            continue;
        };
        *open = false;
        taken.push(at);
        let column = at % columns;
        for row in [at.checked_sub(columns), Some(at), Some(at + columns)]
            .into_iter()
            .flatten()
        {
            next.push(row);
            if column > 0 {
                next.push(row - 1);
            }
            if column + 1 < columns {
                next.push(row + 1);
            }
        }
    }
    taken
}

/// How a patch lies, and how large it is once it is upright and square.
fn measure(picture: &Luma, patch: &[usize], columns: usize, edges: &Edges) -> Spot {
    let (row, column) = axes(picture, patch, columns, edges);
    let across = row.0 * column.1 - row.1 * column.0;
    let side = real(BLOCK);
    let (mut least, mut most) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for at in patch {
        let (x, y) = (
            real(at % columns) * side + side / 2.0,
            real(at / columns) * side + side / 2.0,
        );
        let along = (x * column.1 - y * column.0) / across;
        let down = (row.0 * y - row.1 * x) / across;
        least = (least.0.min(along), least.1.min(down));
        most = (most.0.max(along), most.1.max(down));
    }
    let (along, down) = (f64::midpoint(least.0, most.0), f64::midpoint(least.1, most.1));
    let grown = |length: f64| length + side + 2.0 * (MARGIN.0 + MARGIN.1 * length);
    Spot {
        middle: (along * row.0 + down * column.0, along * row.1 + down * column.1),
        sides: (grown(most.0 - least.0), grown(most.1 - least.1)),
        row,
        column,
        is_striped: edges.is_striped(),
    }
}

/// The ways in which a patch's rows and columns run: across the edges that lie, and along those that stand.
fn axes(picture: &Luma, patch: &[usize], columns: usize, edges: &Edges) -> ((f64, f64), (f64, f64)) {
    let (sine, cosine) = edges.turn().sin_cos();
    let (mut standing, mut lying) = (Edges::default(), Edges::default());
    for at in patch {
        each_edge(picture, at % columns, at / columns, |across, down| {
            let along = across * cosine + down * sine;
            let aslant = down * cosine - across * sine;
            if along.abs() > aslant.abs() {
                standing.add(along, aslant);
            } else {
                lying.add(along, aslant);
            }
        });
    }
    let lean = |edges: &Edges| edges.doubled.1.atan2(edges.doubled.0) / 2.0;
    let mut column = lean(&standing);
    let mut row = lean(&lying);
    // The light of lying edges changes downwards.
    row -= FRAC_PI_2.copysign(row);
    if lying.strength < LYING_MIN * standing.strength {
        row = column;
    }
    if row.abs() > LEAN_MAX || column.abs() > LEAN_MAX {
        (row, column) = (0.0, 0.0);
    }
    let turned = |x: f64, y: f64| (x * cosine - y * sine, x * sine + y * cosine);
    (turned(row.cos(), row.sin()), turned(-column.sin(), column.cos()))
}

/// Tells how the light changes across and down at each pixel of a block.
fn each_edge(picture: &Luma, column: usize, row: usize, mut tell: impl FnMut(f64, f64)) {
    let start = row * BLOCK * picture.width + column * BLOCK;
    let line = |at: usize| {
        picture
            .pixels
            .get(start + at * picture.width..)
            .and_then(|rest| rest.get(..BLOCK))
    };
    for at in 1..BLOCK {
        let (Some(upper), Some(lower)) = (line(at - 1), line(at)) else {
            continue;
        };
        for (over, under) in upper.windows(2).zip(lower.windows(2)) {
            if let ([a, b], [c, d]) = (over, under) {
                let [a, b, c, d] = [*a, *b, *c, *d].map(i16::from);
                tell(f64::from(b + d - a - c), f64::from(c + d - a - b));
            }
        }
    }
}
