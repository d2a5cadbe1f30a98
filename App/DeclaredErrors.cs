using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Console.Jobs;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;

namespace Gatehouse;

/// <summary>The rooms that declare codes of their own.</summary>
public static class DeclaredErrors
{
    public static ErrorCatalogue Catalogue() => new(
        HttpErrors.All, OperationErrors.All,
        StaffErrors.All, TokenErrors.All, SessionErrors.All, SignInErrors.All, SetupErrors.All,
        PlanErrors.All, LicenseErrors.All, ActionErrors.All, BatchErrors.All, ActivationErrors.All,
        JobErrors.All);
}
