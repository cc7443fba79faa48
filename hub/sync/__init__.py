"""Where the two wings meet: inbound, outbound, lanes, timers and the daemon (design.md 2, engine.md 4)."""
