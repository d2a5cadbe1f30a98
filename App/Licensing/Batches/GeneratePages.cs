using System.Globalization;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Batches;

/// <summary>/admin/keys/generate: the form, and the run that it starts.</summary>
public static class GeneratePages
{
    private const string Root = $"{LicenseLinks.List}/{LicenseLinks.GenerateWord}";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Root).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(LicensingPermissions.KeysWrite);
        pages.MapGet("", Form);
        pages.MapPost("", Start);
        pages.MapGet("/{run}", Watch);
    }

    private static async Task Form(HttpContext ctx, PageRenderer pages, BatchService keys, LicenseLists lists)
    {
        var query = ctx.Request.Query;
        var form = GenerateForm.Read(name => query[name].ToString());
        await Show(ctx, form with { Count = form.Count.Length > 0 ? form.Count : "100" }, null, pages, keys, lists);
    }

    private static async Task Start(HttpContext ctx, PageRenderer pages, Database db, BatchService keys, LicenseLists lists, OperationService operations)
    {
        var sent = await RequestBody.Form(ctx);
        var form = GenerateForm.Read(name => sent[name].ToString());
        var who = ctx.Caller();
        try
        {
            var wanted = form.ToNewKeys();
            await db.Write(async s =>
            {
                if (await operations.Find(s, who, BatchOperations.Generate, form.Run) is not null)
                    return;
                await keys.Check(s, who.TenantId, wanted);
                await operations.Start(s, who, BatchOperations.Generate, BatchOperations.Request(wanted), wanted.Count, form.Run);
            }, ctx.RequestAborted);
            PageRenderer.Redirect(ctx, $"{Root}/{form.Run}");
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 503)
        {
            await Show(ctx, form, refusal, pages, keys, lists);
        }
    }

    private static async Task Watch(HttpContext ctx, string run, PageRenderer pages, Database db, OperationService operations)
    {
        var operation = await db.ReadOne(s => operations.Find(s, ctx.Caller(), BatchOperations.Generate, run), ctx.RequestAborted) ?? throw new Refusal(HttpErrors.NoSuchPage);
        if (BatchOperations.BatchOf(operation) is not { } batch)
        {
            await pages.Render<GenerationPage, Operation>(ctx, operation);
            return;
        }
        PageRenderer.RedirectWithToast(ctx, LicenseLinks.Batch(batch), new Toast("ok", "generate.done"));
        // A redirect would be followed unseen and swapped in; this leads the browser itself there.
        if (ctx.Request.Headers.ContainsKey("HX-Request"))
        {
            ctx.Response.Headers["HX-Redirect"] = ctx.Response.Headers.Location;
            ctx.Response.Headers.Remove("Location");
            ctx.Response.StatusCode = 200;
        }
    }

    private static async Task Show(HttpContext ctx, GenerateForm form, Refusal? refusal, PageRenderer pages, BatchService keys, LicenseLists lists)
    {
        var tenant = ctx.Caller().TenantId;
        var plans = await lists.Sellable(tenant, ctx.RequestAborted);
        var plan = plans.FirstOrDefault(p => p.Id == form.Plan) ?? plans.FirstOrDefault();
        if (refusal is null)
            form = form.Following(plan);
        // An example of what cannot be is none: the errors say what is wrong.
        var check = new FieldChecks();
        var prefix = LicenseKey.CheckedPrefix(check, form.Prefix);
        var length = int.TryParse(form.Length, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) && typed is >= LicenseKey.MinCode and <= LicenseKey.MaxCode ? typed : 0;
        var examples = check.Any || length == 0 ? [] : Enumerable.Range(0, 3).Select(_ => keys.Example(tenant, prefix, length)).ToList();
        await pages.Render<GeneratePage, GenerateModel>(ctx, new(form, plans, examples, refusal), refusal?.Status ?? 200);
    }
}

/// <summary>The form as it was typed.</summary>
/// <param name="Run">Known by the form since it was shown, so that sending it twice makes one batch.</param>
/// <param name="PlanPrefix">The prefix of the plan that the form was filled from: while it stands untouched, the prefix follows the plan.</param>
public sealed record GenerateForm(string Run, string Plan, string Prefix, string? PlanPrefix, string Count, string Length, string Note)
{
    private const int MaxRun = 64;

    public static GenerateForm Read(Func<string, string> field) => new(
        field("run") is { Length: > 0 and <= MaxRun } run && run.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? run : BatchOperations.NewKey(), field("plan"), field("prefix"), field("plan_prefix"), field("count"),
        field("length") is { Length: > 0 } length ? length : LicenseKey.DefaultCode.ToString(CultureInfo.InvariantCulture), field("note"));

    /// <summary>With the plan, and with its prefix unless another was typed.</summary>
    public GenerateForm Following(PlanChoice? plan) => plan is null ? this
        : this with { Plan = plan.Id, Prefix = Prefix == PlanPrefix ? plan.Prefix : Prefix, PlanPrefix = plan.Prefix };

    /// <exception cref="Refusal">422 on what is no number.</exception>
    public NewKeys ToNewKeys()
    {
        var check = new FieldChecks();
        var (count, length) = (Number(check, "count", Count), Number(check, "length", Length));
        check.ThrowIfAny();
        return new NewKeys(Plan, Prefix == PlanPrefix ? null : Prefix, count, length, Note);
    }

    private static long Number(FieldChecks check, string field, string value)
    {
        if (long.TryParse(value.Trim().Replace(",", ""), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        if (string.IsNullOrWhiteSpace(value))
            check.Wrong(field, "field.required");
        else
            check.Wrong(field, "field.range", field == "count" ? 1 : LicenseKey.MinCode, field == "count" ? BatchService.MaxCount : LicenseKey.MaxCode);
        return 0;
    }
}

/// <param name="Plans">Those that keys can be made under.</param>
/// <param name="Examples">How the keys will look; empty while what was typed makes none.</param>
public sealed record GenerateModel(GenerateForm Form, IReadOnlyList<PlanChoice> Plans, IReadOnlyList<string> Examples, Refusal? Refusal = null) : IFormModel;
