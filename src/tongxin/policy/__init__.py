"""Policy: dated, sourced packs, and the pure engine that judges one person's episode by them.

What to call:

- `reading.read_pack(data: bytes, name: str) -> Pack` reads and checks the bytes of a pack, or
  raises a `Problem` of `faults` that names file, key, value and mend. `Pack.fingerprint` is the
  SHA-256 of the bytes.
- `shipped.shipped_names()`, `shipped_bytes(name)`, `shipped_pack(name)`: the packs that come with
  the program. For the edge only: this module reads files.
- `evidence`: the statements the engine eats (`Arrival`, `Stay`, `Swab`, `Done`, …), each with the
  id of the fact that makes it; `evidence.Evidence` is their union.
- `situation.RiskArea` and `situation.Situation(areas)`: the areas declared at risk, indexed.
  Make one `Situation` and keep it: it remembers what it has looked up.
- `engine.plan(evidence, pack, situation, recorded) -> Plan`: all that follows, whatever the time;
  store it. `recorded` tells when facts were recorded, for nothing is due before.
- `standing.standing_at(plan, now) -> StandingAt`: the words that depend on the time.
- `engine.judge(evidence, pack, situation, now) -> Judgement`: both at once.
- `explain.explain(judgement, pack) -> tuple[Line, ...]`: why, until when, what is owed and how to
  object, in both languages.
- `certificates.certificate_at(clause, sampled_at, reported_at, at)`: whether a test certificate is
  still good, by which clock, and how old it is by each.
- `passage.passage_at(seen, pack, situation, now, also)`: what becomes of somebody at the entrance
  of a village, on which grounds, and what to do next.
- `declaring.ahead_of(evidence, pack, situation, declared_at, now, recorded)`: what somebody who
  declares a return is told at once, and whether he told in time.
- `calls.call_words(area, pack, situation, at)`, `next_call_at(calls, called_at, answered)`: who is
  called while away, and when again.
- `gatherings.tier_of(pack, kind, people)`: what becomes of a wedding or a funeral of that size.

Nothing else here reads a file, a clock or a database. Order and repetition of evidence and of
areas never matter.
"""
