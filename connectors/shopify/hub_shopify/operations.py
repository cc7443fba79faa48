"""Every GraphQL operation this connector sends, and nothing else.

Held against the official admin schema of each supported version by ``tests/test_operations.py``:
it validates, names no deprecated field, and carries ``@idempotent`` wherever Shopify demands it.
Page sizes are variables so that a shop with a small cost budget can lower them in settings.
"""

from __future__ import annotations

LINES_PER_ORDER = 50
FULFILMENTS_PER_ORDER = 25
FULFILMENT_ORDERS_PER_ORDER = 15
"""Most of each that one answer carries; an order with more is completed, or refused where that is unsafe."""

_LINES = """
  nodes {
    id sku title quantity nonFulfillableQuantity requiresShipping
    originalUnitPriceSet { shopMoney { amount currencyCode } }
  }
  pageInfo { hasNextPage endCursor }
"""

_ORDER = f"""
fragment OrderFields on Order {{
  id name createdAt updatedAt cancelledAt cancelReason test
  shippingAddress {{ name company address1 address2 city provinceCode zip countryCodeV2 phone }}
  email
  shippingLine {{ code title }}
  lineItems(first: $lines) {{ {_LINES} }}
}}
"""

ORDERS_UPDATED = f"""
query OrdersUpdated($search: String!, $first: Int!, $after: String, $lines: Int!) {{
  orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {{
    nodes {{ ...OrderFields }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
{_ORDER}
"""

ORDER_LINES = f"""
query OrderLines($id: ID!, $lines: Int!, $after: String) {{
  order(id: $id) {{
    lineItems(first: $lines, after: $after) {{ {_LINES} }}
  }}
}}
"""

_FULFILMENTS = """
  fulfillments(first: $fulfilments) {
    id name status createdAt updatedAt
    location { id }
    trackingInfo(first: 10) { company number url }
    fulfillmentLineItems(first: $lines) {
      nodes { quantity lineItem { id sku } }
      pageInfo { hasNextPage }
    }
  }
"""

STORE_SHIPMENTS = f"""
query StoreShipments($search: String!, $first: Int!, $after: String, $fulfilments: Int!, $lines: Int!) {{
  orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {{
    nodes {{ id name updatedAt cancelledAt {_FULFILMENTS} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

ORDER_FULFILMENT = f"""
query OrderFulfilment($id: ID!, $namespace: String!, $key: String!, $orders: Int!, $fulfilments: Int!,
                      $lines: Int!) {{
  order(id: $id) {{
    id name cancelledAt
    metafield(namespace: $namespace, key: $key) {{ value }}
    fulfillmentOrders(first: $orders) {{
      nodes {{
        id status requestStatus
        assignedLocation {{ location {{ id }} }}
        lineItems(first: $lines) {{
          nodes {{ id totalQuantity remainingQuantity lineItem {{ id sku }} }}
          pageInfo {{ hasNextPage }}
        }}
      }}
      pageInfo {{ hasNextPage }}
    }}
    {_FULFILMENTS}
  }}
}}
"""

LOCATIONS = """
query Locations($first: Int!, $after: String) {
  locations(first: $first, after: $after) {
    nodes { id name isActive fulfillsOnlineOrders shipsInventory }
    pageInfo { hasNextPage endCursor }
  }
}
"""

LOCATION_COUNTS = """
query LocationCounts($id: ID!, $first: Int!, $after: String) {
  location(id: $id) {
    id name isActive
    inventoryLevels(first: $first, after: $after) {
      nodes {
        updatedAt
        item { id sku tracked }
        quantities(names: ["available", "on_hand", "committed", "reserved", "damaged", "quality_control",
                           "safety_stock"]) { name quantity }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

ITEMS_BY_SKU = """
query ItemsBySku($search: String!, $first: Int!, $location: ID!) {
  inventoryItems(first: $first, query: $search) {
    nodes {
      id sku tracked
      inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

SHOP = """
query Shop {
  shop { id name myshopifyDomain currencyCode }
}
"""

SET_QUANTITIES = """
mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id createdAt }
    userErrors { code field message }
  }
}
"""

# Root fields of a mutation run one after the other (GraphQL specification 6.2.2): the marker is there
# before the effect, so an order without our marker has surely not seen our effect.
_MARK = """metafieldsSet(metafields: $marker) { userErrors { code field message } }"""

MOVE_FULFILMENT_ORDER = f"""
mutation MoveFulfilmentOrder($marker: [MetafieldsSetInput!]!, $id: ID!, $location: ID!,
                             $lines: [FulfillmentOrderLineItemInput!]) {{
  {_MARK}
  fulfillmentOrderMove(id: $id, newLocationId: $location, fulfillmentOrderLineItems: $lines) {{
    movedFulfillmentOrder {{ id status assignedLocation {{ location {{ id }} }} }}
    originalFulfillmentOrder {{ id status }}
    userErrors {{ code field message }}
  }}
}}
"""

CREATE_FULFILMENT = f"""
mutation CreateFulfilment($marker: [MetafieldsSetInput!]!, $fulfillment: FulfillmentInput!) {{
  {_MARK}
  fulfillmentCreate(fulfillment: $fulfillment) {{
    fulfillment {{ id name status createdAt }}
    userErrors {{ field message }}
  }}
}}
"""

OPERATIONS: dict[str, str] = {
    "OrdersUpdated": ORDERS_UPDATED,
    "OrderLines": ORDER_LINES,
    "StoreShipments": STORE_SHIPMENTS,
    "OrderFulfilment": ORDER_FULFILMENT,
    "Locations": LOCATIONS,
    "LocationCounts": LOCATION_COUNTS,
    "ItemsBySku": ITEMS_BY_SKU,
    "Shop": SHOP,
    "SetQuantities": SET_QUANTITIES,
    "MoveFulfilmentOrder": MOVE_FULFILMENT_ORDER,
    "CreateFulfilment": CREATE_FULFILMENT,
}
