using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MedISeg.Api.Jobs.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Turns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_State_Priority_Sequence",
                table: "jobs");

            migrationBuilder.AddColumn<long>(
                name: "Turn",
                table: "jobs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateIndex(
                name: "IX_jobs_State_Priority_Turn_Sequence",
                table: "jobs",
                columns: new[] { "State", "Priority", "Turn", "Sequence" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_State_Priority_Turn_Sequence",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "Turn",
                table: "jobs");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_State_Priority_Sequence",
                table: "jobs",
                columns: new[] { "State", "Priority", "Sequence" });
        }
    }
}
