using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Person;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Accounts.Notes;

/// <summary>Notes on a customer's page for staff.</summary>
public static class AccountNotePages
{
    private const string TabName = "notes";

    public static readonly PersonTab Tab = new(TabName, 80, "users.notes", AccountsPermissions.UsersRead, (ctx, id) => Content(ctx, id, null, null)) { Count = AccountNoteService.Count };

    public static void Map(IEndpointRouteBuilder app)
    {
        var notes = app.MapGroup("/admin/users/{id}/notes").Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        notes.MapPost("", Add);
        notes.MapPost("/{note}/remove", Remove);
    }

    private static async Task<RenderFragment> Content(HttpContext ctx, string id, string? typed, Refusal? refusal)
    {
        var (notes, tenant, after) = (ctx.RequestServices.GetRequiredService<AccountNoteService>(), ctx.Caller().TenantId, ctx.Request.Query["after"].ToString());
        var page = await ctx.RequestServices.GetRequiredService<Database>().Read(s => notes.List(s, tenant, id, after), ctx.RequestAborted);
        return ComponentFragment.Of<PersonNotes>(
            (nameof(PersonNotes.Account), id), (nameof(PersonNotes.Page), page), (nameof(PersonNotes.First), after.Length == 0), (nameof(PersonNotes.Typed), typed), (nameof(PersonNotes.Refusal), refusal));
    }

    private static async Task Add(HttpContext ctx, Database db, AccountNoteService notes, string id)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var wanted = AccountNote.Fields.FromForm(new AccountNote(), form);
            await db.Command(ctx.Caller(), s => notes.Add(s, ctx.Caller(), id, wanted), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, PersonTab.Address(id, TabName), new Toast("ok", "users.noted"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await PersonPages.ShowTab(ctx, id, TabName, await Content(ctx, id, form["text"], refusal), refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, Database db, AccountNoteService notes, string id, string note)
    {
        await db.Command(ctx.Caller(), s => notes.Remove(s, ctx.Caller(), id, note), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, PersonTab.Address(id, TabName), new Toast("ok", "users.note_removed"));
    }
}
