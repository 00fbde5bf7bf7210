use crate::args::Args;
use crate::contestant::Contestant;
use crate::peers::Peer;
use crate::table::Table;
use crate::workloads::Workload;
use anyhow::Result;

/// Runs every workload, and prints the table as it grows.
pub(crate) fn run(args: &Args) -> Result<()> {
    let peers = if args.peers.is_empty() { Peer::python_peers() } else { args.peers.clone() };
    let asked = |w: &Workload| args.workloads.is_empty() || args.workloads.iter().any(|named| named.0.contains(w));
    let workloads: Vec<Workload> = Workload::all().into_iter().filter(asked).collect();
    let of = |w: &Workload| if args.threads.is_empty() { w.default_threads() } else { args.threads.clone() };
    let mut counts: Vec<usize> = workloads.iter().flat_map(of).collect();
    counts.sort_unstable();
    counts.dedup();
    let mut table = Table::new(&peers);
    for threads in counts {
        let mut contestants = vec![Contestant::ferroflow(threads)?];
        contestants.extend(peers.iter().map(|&peer| Contestant::peer(peer, args, threads)));
        contestants.iter().for_each(|c| table.introduce(c));
        for workload in workloads.iter().filter(|w| of(w).contains(&threads)) {
            eprintln!("{}, {threads} threads", workload.name());
            measure(args, &mut contestants, workload);
            table.add(&workload.name(), threads, &contestants);
            if let Some(path) = &args.markdown {
                std::fs::write(path, table.to_string())?;
            }
        }
    }
    print!("{table}");
    Ok(())
}

/// One workload: each prepares and warms up, then they take turns.
fn measure(args: &Args, contestants: &mut [Contestant], workload: &Workload) {
    contestants.iter_mut().for_each(|c| c.prepare(workload));
    for _ in 0..args.rounds {
        contestants.iter_mut().for_each(|c| c.turn(args.seconds));
    }
}
