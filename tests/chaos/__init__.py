"""kill -9 at any moment, thousands of times: the daemon dies, its partners' books must not show it."""
