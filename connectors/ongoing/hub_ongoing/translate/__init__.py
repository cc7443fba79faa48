"""Between the vendor's words and the hub's, one file per document. Pure: no I/O, no clock."""

from hub_ongoing.translate.moments import warehouse_time
from hub_ongoing.translate.orders import orders
from hub_ongoing.translate.ship_order import article_number, removed_order, ship_order
from hub_ongoing.translate.stock import stock_report

__all__ = ["article_number", "orders", "removed_order", "ship_order", "stock_report", "warehouse_time"]
