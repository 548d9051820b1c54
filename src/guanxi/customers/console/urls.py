from django.urls import path

from guanxi.customers.consent.public import preference_centre
from guanxi.customers.console import attributes, bulk, columns, consent, reviews, views
from guanxi.customers.rights import console as rights

urlpatterns = [
    path("customers", views.customers, name="customers"),
    path("customers/columns", columns.choose, name="customers-columns"),
    path("customers/<int:customer_id>", views.customer, name="customer"),
    path("customers/<int:customer_id>/unmask", views.unmask, name="customer-unmask"),
    path("customers/<int:customer_id>/merge/preview", views.merge_preview, name="customer-merge-preview"),
    path("customers/<int:customer_id>/merge", views.merge, name="customer-merge"),
    path(
        "customers/<int:customer_id>/unmerge/preview", views.unmerge_preview, name="customer-unmerge-preview"
    ),
    path("customers/<int:customer_id>/unmerge", views.unmerge, name="customer-unmerge"),
    path("customers/<int:customer_id>/tags", attributes.customer_tags, name="customer-tags"),
    path(
        "customers/<int:customer_id>/preferences",
        attributes.customer_preferences,
        name="customer-preferences",
    ),
    path("customers/<int:customer_id>/consent", consent.customer_consent, name="customer-consent"),
    path(
        "customers/<int:customer_id>/consent/link",
        consent.customer_consent_link,
        name="customer-consent-link",
    ),
    path("consent", consent.consent, name="consent"),
    path("consent/publish", consent.publish, name="consent-publish"),
    path("p/<str:token>", preference_centre, name="preference-centre"),
    path("customers/<int:customer_id>/rights", rights.receive, name="rights-receive"),
    path("rights", rights.inbox, name="rights"),
    path("rights/processing", rights.processed, name="rights-processing"),
    path("rights/processing/note", rights.note, name="rights-processing-note"),
    path("rights/<int:request_id>", rights.one, name="rights-request"),
    path("rights/<int:request_id>/act", rights.act, name="rights-act"),
    path("rights/<int:request_id>/copy", rights.take_copy, name="rights-copy"),
    path("bulk", bulk.recent, name="bulk"),
    path("bulk/preview", bulk.preview, name="bulk-preview"),
    path("bulk/<int:action_id>", bulk.action, name="bulk-action"),
    path("bulk/<int:action_id>/confirm", bulk.confirm, name="bulk-confirm"),
    path("bulk/<int:action_id>/undo", bulk.undo, name="bulk-undo"),
    path("tags", attributes.tags, name="tags"),
    path("tags/define", attributes.define_tag, name="tags-define"),
    path("preferences", attributes.preferences, name="preferences"),
    path("preferences/define", attributes.define_preference, name="preferences-define"),
    path("stores", attributes.stores, name="stores"),
    path("stores/set", attributes.set_stores, name="stores-set"),
    path("stores/remove", attributes.remove_store, name="stores-remove"),
    path("reviews", reviews.reviews, name="reviews"),
    path("reviews/<int:review_id>", reviews.review, name="review"),
    path("reviews/<int:review_id>/decide", reviews.decide, name="review-decide"),
]
