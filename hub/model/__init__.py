"""The canonical model: what the hub means by an order, a request, a shipment, a count. No I/O."""
