using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Tenancy;

/// <summary>A business in this appliance, as pages need it.</summary>
/// <param name="Name">For staff. What customers see is the setting of its site.</param>
/// <param name="Languages">What its site speaks, never empty.</param>
/// <param name="Logo">The address of its picture; null: the sign of the house.</param>
/// <param name="Style">The address of the style sheet with its colour; null: the house's own.</param>
/// <param name="Host">The first host name of its site; null where it has none.</param>
/// <param name="State">See <see cref="TenantState"/>.</param>
public sealed record TenantFace(string Id, string Name, IReadOnlyList<string> Languages, string? Logo, string? Style, string? Host, string State = TenantState.Open);

/// <summary>Whether a tenant is in business.</summary>
public static class TenantState
{
    public const string Open = "open";

    /// <summary>Its site answers nobody, and no session, token or key of it is good, until it is opened again.</summary>
    public const string Closed = "closed";

    /// <summary>All that it has is being erased.</summary>
    public const string Removing = "removing";

    /// <summary>Nothing of it is there any more. Its id stays, so that no other comes by what once was meant for it.</summary>
    public const string Removed = "removed";
}

/// <summary>The tenants, from memory: requests ask for them before anything else. Implemented by Accounts.</summary>
public interface ITenants
{
    /// <summary>Those there are, the appliance's own first; one where nobody has made another. One that is being removed is among them.</summary>
    IReadOnlyList<TenantFace> All { get; }

    /// <summary>Null when there is none of that id.</summary>
    TenantFace? Find(string id);

    /// <summary>The id of the one whose site has that host name; the default one's where none has.</summary>
    string OfHost(string host);

    /// <summary>Reads them anew where what is known is older than a few seconds.</summary>
    ValueTask Refresh(bool now = false);
}

/// <summary>Counts calls of the REST faces where a tenant may make so many. Implemented by Accounts.</summary>
public interface ICallMeter
{
    /// <exception cref="Refusal">403: the tenant has made all that it may today.</exception>
    ValueTask Count(Caller who);
}
