from django.urls import path

from guanxi.loyalty.perks import member

urlpatterns = [
    path("picture/<str:name>", member.picture, name="article-picture"),
    path("m/<slug:slug>/content", member.listed, name="member-content"),
    path("m/<slug:slug>/content/<int:article_id>", member.article, name="member-article"),
    path("m/<slug:slug>/survey", member.survey, name="member-survey"),
    path("m/<slug:slug>/survey/answer", member.survey_answer, name="member-survey-answer"),
    path("m/<slug:slug>/featured/<int:featured_id>", member.featured, name="member-featured"),
]
