"""Which catalogue fields have a column for each language."""

from modeltranslation.translator import TranslationOptions, register

from catalog.models import Category


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)
