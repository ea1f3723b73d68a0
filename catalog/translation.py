"""Which catalogue fields have a column for each language."""

from modeltranslation.translator import TranslationOptions, register

from catalog.models import Attribute, AttributeChoice, Category


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Attribute)
class AttributeTranslation(TranslationOptions):
    fields = ("name",)


@register(AttributeChoice)
class AttributeChoiceTranslation(TranslationOptions):
    fields = ("name",)
