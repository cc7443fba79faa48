"""The simulator's own GraphQL schema: the subset of Shopify's admin API that this connector uses.

Every type, field, argument and enum value here exists in the official schema with the same type;
``tests/test_simulator_schema.py`` holds it to that. Written by us from the published shapes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphql import GraphQLSchema

SDL = """
directive @idempotent(key: String!) on FIELD

scalar DateTime
scalar Decimal
scalar URL

enum CurrencyCode { USD EUR GBP CAD }
enum CountryCode { US CA GB DE FR }
enum OrderSortKeys { UPDATED_AT CREATED_AT PROCESSED_AT ID }
enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
enum OrderDisplayFulfillmentStatus { FULFILLED PARTIALLY_FULFILLED UNFULFILLED }
enum FulfillmentOrderStatus { OPEN IN_PROGRESS CLOSED CANCELLED INCOMPLETE ON_HOLD SCHEDULED }
enum FulfillmentOrderRequestStatus { UNSUBMITTED SUBMITTED ACCEPTED REJECTED CANCELLATION_REQUESTED
  CANCELLATION_ACCEPTED CANCELLATION_REJECTED CLOSED }
enum FulfillmentStatus { SUCCESS CANCELLED ERROR FAILURE OPEN PENDING }
enum InventorySetQuantitiesUserErrorCode { CHANGE_FROM_QUANTITY_STALE IDEMPOTENCY_CONCURRENT_REQUEST
  IDEMPOTENCY_KEY_PARAMETER_MISMATCH IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED INVALID_INVENTORY_ITEM
  INVALID_LOCATION INVALID_NAME INVALID_QUANTITY_NEGATIVE INVALID_QUANTITY_TOO_HIGH
  INVALID_QUANTITY_TOO_LOW INVALID_REASON NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR }
enum FulfillmentOrderMoveFulfillmentOrderMoveUserErrorCode {
  CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS }

type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
type Shop { id: ID! name: String! myshopifyDomain: String! currencyCode: CurrencyCode! }
type MailingAddress { id: ID! name: String company: String address1: String address2: String city: String
  provinceCode: String zip: String countryCodeV2: CountryCode phone: String }
type ShippingLine { code: String title: String! }

type LineItem { id: ID! sku: String title: String! quantity: Int! currentQuantity: Int!
  unfulfilledQuantity: Int! nonFulfillableQuantity: Int! requiresShipping: Boolean! originalUnitPriceSet: MoneyBag! }
type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }

type Order {
  id: ID! name: String! createdAt: DateTime! updatedAt: DateTime! processedAt: DateTime!
  cancelledAt: DateTime cancelReason: OrderCancelReason test: Boolean! currencyCode: CurrencyCode!
  email: String displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  shippingAddress: MailingAddress shippingLine: ShippingLine
  lineItems(first: Int, after: String): LineItemConnection!
  fulfillmentOrders(first: Int, after: String): FulfillmentOrderConnection!
  fulfillments(first: Int): [Fulfillment!]!
  metafield(namespace: String, key: String!): Metafield
}
type Metafield { id: ID! namespace: String! key: String! value: String! type: String! }
type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }

type FulfillmentOrderAssignedLocation { name: String! location: Location }
type FulfillmentOrderLineItem { id: ID! sku: String totalQuantity: Int! remainingQuantity: Int!
  lineItem: LineItem! }
type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
type FulfillmentOrder {
  id: ID! orderId: ID! orderName: String! status: FulfillmentOrderStatus!
  requestStatus: FulfillmentOrderRequestStatus! createdAt: DateTime! updatedAt: DateTime!
  assignedLocation: FulfillmentOrderAssignedLocation!
  lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
}
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }

type FulfillmentTrackingInfo { company: String number: String url: URL }
type FulfillmentLineItem { id: ID! quantity: Int lineItem: LineItem! }
type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
type Fulfillment {
  id: ID! name: String! status: FulfillmentStatus! createdAt: DateTime! updatedAt: DateTime!
  totalQuantity: Int! location: Location trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
  fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
}

type InventoryQuantity { id: ID! name: String! quantity: Int! updatedAt: DateTime }
type InventoryItem { id: ID! sku: String tracked: Boolean! inventoryLevel(locationId: ID!): InventoryLevel }
type InventoryItemConnection { nodes: [InventoryItem!]! pageInfo: PageInfo! }
type InventoryLevel { id: ID! isActive: Boolean! updatedAt: DateTime! item: InventoryItem!
  location: Location! quantities(names: [String!]!): [InventoryQuantity!]! }
type InventoryLevelConnection { nodes: [InventoryLevel!]! pageInfo: PageInfo! }
type Location { id: ID! name: String! isActive: Boolean! fulfillsOnlineOrders: Boolean!
  shipsInventory: Boolean! inventoryLevels(first: Int, after: String): InventoryLevelConnection! }
type LocationConnection { nodes: [Location!]! pageInfo: PageInfo! }

type QueryRoot {
  shop: Shop!
  order(id: ID!): Order
  orders(first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
  location(id: ID): Location
  locations(first: Int, after: String): LocationConnection!
  inventoryItems(first: Int, after: String, query: String): InventoryItemConnection!
}

type UserError { field: [String!] message: String! }
type InventoryAdjustmentGroup { id: ID! createdAt: DateTime! reason: String! }
type InventorySetQuantitiesUserError { code: InventorySetQuantitiesUserErrorCode field: [String!]
  message: String! }
type InventorySetQuantitiesPayload { inventoryAdjustmentGroup: InventoryAdjustmentGroup
  userErrors: [InventorySetQuantitiesUserError!]! }
input InventoryQuantityInput { inventoryItemId: ID! locationId: ID! quantity: Int! changeFromQuantity: Int }
input InventorySetQuantitiesInput { name: String! reason: String! referenceDocumentUri: String
  quantities: [InventoryQuantityInput!]! }

type FulfillmentOrderMoveFulfillmentOrderMoveUserError {
  code: FulfillmentOrderMoveFulfillmentOrderMoveUserErrorCode field: [String!] message: String! }
type FulfillmentOrderMovePayload { movedFulfillmentOrder: FulfillmentOrder
  originalFulfillmentOrder: FulfillmentOrder
  userErrors: [FulfillmentOrderMoveFulfillmentOrderMoveUserError!]! }
input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
input FulfillmentOrderLineItemsInput { fulfillmentOrderId: ID!
  fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!] }
input FulfillmentTrackingInput { company: String number: String numbers: [String!] url: URL urls: [URL!] }
input FulfillmentInput { lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
  notifyCustomer: Boolean = false trackingInfo: FulfillmentTrackingInput }
type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }

enum MetafieldsSetUserErrorCode { BLANK INVALID TOO_LONG TOO_SHORT }
type MetafieldsSetUserError { code: MetafieldsSetUserErrorCode field: [String!] message: String! }
type MetafieldsSetPayload { metafields: [Metafield!] userErrors: [MetafieldsSetUserError!]! }
input MetafieldsSetInput { ownerId: ID! namespace: String key: String! value: String! type: String }


type Mutation {
  inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
  fulfillmentOrderMove(id: ID!, newLocationId: ID!,
    fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]): FulfillmentOrderMovePayload
  metafieldsSet(metafields: [MetafieldsSetInput!]!): MetafieldsSetPayload
  fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
}

schema { query: QueryRoot mutation: Mutation }
"""


@cache
def schema() -> GraphQLSchema:
    """Our subset, built once."""
    from graphql import build_schema

    return build_schema(SDL)
