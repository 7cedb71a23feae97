"""A reference to any object, for machinery that has no subject of its own."""

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class AboutSubject(models.Model):
    """A row about one object of any room."""

    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["subject_type", "subject_id"])]


class SubjectQuerySet(models.QuerySet[Any]):
    """Rows about a subject, in business words."""

    def about(self, subject: models.Model) -> "SubjectQuerySet":
        """Keep the rows about this object."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk)

    def about_any(self, subjects: models.QuerySet[Any]) -> "SubjectQuerySet":
        """Keep the rows about the objects of a queryset (a subquery)."""
        kind = ContentType.objects.get_for_model(subjects.model)
        return self.filter(subject_type=kind, subject_id__in=subjects.values("pk"))
