"""All that a connector author learns: capabilities, spec, settings, context, and the conformance kit."""
