from django.urls import path

from guanxi.loyalty.perks.console import articles, featuring, levers

urlpatterns = [
    path("loyalty/content", articles.listed, name="articles"),
    path("loyalty/content/new", articles.new, name="article-new"),
    path("loyalty/content/create", articles.create, name="article-create"),
    path("loyalty/content/<int:article_id>/edit", articles.edit, name="article-edit"),
    path("loyalty/content/<int:article_id>/save", articles.save, name="article-save"),
    path("loyalty/featured", featuring.listed, name="featured"),
    path("loyalty/featured/propose", featuring.propose, name="featured-propose"),
    path("loyalty/featured/<int:featured_id>/end", featuring.end, name="featured-end"),
    path("loyalty/levers", levers.report, name="levers"),
]
