from django.urls import path

from guanxi.loops.console import views

urlpatterns = [
    path("loops", views.loops, name="loops"),
    path("loops/<slug:name>", views.loop, name="loop"),
    path("loops/<slug:name>/opening", views.opening, name="loop-opening"),
    path("loops/<slug:name>/cycles", views.cycles, name="loop-cycles"),
    path("loops/<slug:name>/<slug:table>.csv", views.csv, name="loop-csv"),
]
