using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Plans;

/// <summary>Something that buyers of a plan are asked for.</summary>
/// <param name="Key">By which answers name it.</param>
/// <param name="NameEn">What it is called; one of the two will do.</param>
/// <param name="Kind">One of <see cref="OrderForm.Kinds"/>.</param>
/// <param name="Choices">Of the kind choice.</param>
public sealed record OrderField(string Key, string NameEn = "", string NameZh = "", string Kind = OrderForm.Text, bool Required = false, IReadOnlyList<string>? Choices = null)
{
    /// <summary>Its name in a language, or in the other where it has none.</summary>
    public string Name(string language) => (language == "zh" ? (NameZh, NameEn) : (NameEn, NameZh)) is var (own, other) && own.Length > 0 ? own : other;
}

/// <summary>What a buyer answered.</summary>
/// <param name="Name">As the question was called then, in the buyer's language.</param>
public sealed record OrderAnswer(string Key, string Name, string Value);

/// <summary>What buyers are asked for, and what they answered: rules and JSON.</summary>
public static class OrderForm
{
    public const string Text = "text", Number = "number", Choice = "choice";

    public static readonly IReadOnlyList<string> Kinds = [Text, Number, Choice];

    public const int MaxFields = 10;
    public const int MaxName = 60;
    public const int MaxAnswer = 200;
    private const int MaxChoices = 30;

    /// <summary>On the plan's form: a row each.</summary>
    internal static readonly FieldInput<Plan, string> Input = new("form_en", (_, json, form) => Show(Of(json), form), (form, _, _) => JsonSerializer.Serialize(Rows(form).Where(f => f.NameEn.Length + f.NameZh.Length > 0).ToArray(), OrderFormJson.Default.OrderFieldArray));

    /// <summary>What a plan asks for.</summary>
    public static IReadOnlyList<OrderField> Of(string json) => JsonSerializer.Deserialize(json, OrderFormJson.Default.OrderFieldArray)!;

    /// <summary>Answers as they are stored.</summary>
    public static IReadOnlyList<OrderAnswer> Answers(string json) => JsonSerializer.Deserialize(json, OrderFormJson.Default.OrderAnswerArray)!;

    /// <summary>The rows of a form: those that it holds, and some empty ones.</summary>
    public static IEnumerable<OrderField> Rows(FormValues form, int empty = 0)
    {
        string At(string name, int i) => form.All(name) is var all && i < all.Count ? all[i].Trim() : "";
        var taken = form.All("form_key").ToHashSet();
        foreach (var (i, en) in form.All("form_en").Index())
        {
            var (key, kind, given) = (At("form_key", i), At("form_kind", i), At("form_choices", i));
            for (var n = 1; key.Length == 0; n++)
                key = taken.Add($"f{n}") ? $"f{n}" : "";
            yield return new(key, en.Trim(), At("form_zh", i), kind.Length > 0 ? kind : Text, At("form_needed", i) == "true", kind == Choice ? [.. given.Split([',', '，', ';', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : null);
        }
        for (var i = 0; i < empty; i++)
            yield return new OrderField("");
    }

    /// <summary>Answers as they are to be stored: of each question what was answered, of nothing else.</summary>
    /// <param name="given">By the keys of the questions.</param>
    /// <param name="checks">What is wrong is noted under <c>form.KEY</c>.</param>
    public static string Answered(Plan plan, IReadOnlyDictionary<string, string> given, string language, FieldChecks checks)
    {
        var (fields, answers) = (Of(plan.OrderForm), new List<OrderAnswer>());
        foreach (var field in fields)
        {
            var name = "form." + field.Key;
            var value = checks.Text(name, given.GetValueOrDefault(field.Key), field.Required ? 1 : 0, MaxAnswer);
            if (checks.Has(name) || value.Length == 0)
                continue;
            if (field.Kind == Number && !value.All(char.IsAsciiDigit))
                checks.Wrong(name, "field.whole_number");
            else if (field.Kind == Choice && field.Choices?.Contains(value) != true)
                checks.Wrong(name, "field.one_of", string.Join(", ", field.Choices ?? []));
            else
                answers.Add(new(field.Key, field.Name(language), value));
        }
        foreach (var unknown in given.Keys.Where(k => fields.All(f => f.Key != k)))
            checks.Wrong("form." + unknown, "field.unknown");
        return JsonSerializer.Serialize([.. answers], OrderFormJson.Default.OrderAnswerArray);
    }

    internal static string Check(FieldChecks check, string field, string json)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, OrderFormJson.Default.OrderFieldArray) ?? [];
            if (read.Contains(null))
                throw new JsonException();
            var fields = read.Select(f => f with { NameEn = Said(f.NameEn), NameZh = Said(f.NameZh), Choices = f.Kind == Choice ? [.. (f.Choices ?? []).Select(Said).Distinct()] : null }).ToArray();
            if (fields.Length > MaxFields)
                check.Wrong(field, "field.order_form_many", MaxFields);
            else if (fields.Any(f => !IsKey(f.Key) || !Kinds.Contains(f.Kind)) || fields.DistinctBy(f => f.Key).Count() != fields.Length)
                check.Wrong(field, "field.order_form");
            else if (fields.Any(f => f.NameEn.Length + f.NameZh.Length == 0 || f.NameEn.Length > MaxName || f.NameZh.Length > MaxName))
                check.Wrong(field, "field.order_form_name", MaxName);
            else if (fields.Any(f => f.Kind == Choice && f.Choices is not { Count: >= 2 and <= MaxChoices } || f.Choices?.Any(c => c.Length is 0 or > MaxName) == true))
                check.Wrong(field, "field.order_form_choices", MaxChoices);
            return JsonSerializer.Serialize(fields, OrderFormJson.Default.OrderFieldArray);
        }
        catch (JsonException)
        {
            check.Wrong(field, "field.order_form");
            return "[]";
        }
    }

    private static void Show(IReadOnlyList<OrderField> fields, FormValues form)
    {
        form.SetAll("form_key", fields.Select(f => f.Key));
        form.SetAll("form_en", fields.Select(f => f.NameEn));
        form.SetAll("form_zh", fields.Select(f => f.NameZh));
        form.SetAll("form_kind", fields.Select(f => f.Kind));
        form.SetAll("form_needed", fields.Select(f => f.Required ? "true" : ""));
        form.SetAll("form_choices", fields.Select(f => string.Join(", ", f.Choices ?? [])));
    }

    // One line of what people see, in the form of Unicode that is compared.
    private static string Said(string? text) => new string([.. (text ?? "").Trim().Where(c => !char.IsControl(c))]).Normalize(NormalizationForm.FormC);

    private static bool IsKey(string? key) => key is { Length: > 0 and <= 32 } && key.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '_');
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OrderField[]))]
[JsonSerializable(typeof(OrderAnswer[]))]
internal sealed partial class OrderFormJson : JsonSerializerContext;
